//! A second person decides about a draft.

use casework::Work;
use domain::{
    MessageKind, Refusal, RefusalCode,
    template::{self, TextStatus},
};
use storage::{
    template_versions::{self, Reviewed},
    templates::{self, SavedTemplate},
};

use super::{checked, show, standing::Standing, writer};
use crate::{
    failure::Failure,
    services::version,
    views::templates::{ReviewTemplate, TemplateView},
};

/// Puts a draft into force or sends it back. The text before it stays in force until then.
///
/// # Errors
/// `conflict` where no draft waits; `stale_version`, also for a draft that was replaced since it was
/// read; `review_by_author`; `note_required`; `invalid_value` or `wording_refused` at `/text` for a
/// draft that may not be sent by now.
pub fn review(
    work: &mut Work<'_, '_>,
    kind: MessageKind,
    step: &str,
    asked: &ReviewTemplate,
    expected: Option<i64>,
) -> Result<TemplateView, Failure> {
    let standing = Standing::of(work, kind, step)?;
    version::check(standing.version().unwrap_or(0), expected)?;
    let waiting = standing.draft.filter(|it| it.status == TextStatus::Draft);
    let (Some(draft), Some(row)) = (waiting, standing.row) else {
        let detail = "no draft of this step waits for a review";
        return Err(Refusal::new(RefusalCode::Conflict, detail).into());
    };
    version::check(draft.version, Some(asked.version))?;
    let by = writer(work)?;
    let note = asked.note.as_deref().map(str::trim);
    let status = template::review(draft.written_by, by, asked.decision, note)?;
    let reviewed = Reviewed {
        status,
        by,
        at: work.now,
        note: note.filter(|note| !note.is_empty()).map(str::to_owned),
    };
    if status == TextStatus::Active {
        checked(work, kind, step, &draft.body)?;
        let (from, to) = (TextStatus::Active, TextStatus::Retired);
        template_versions::move_on(work.tx, work.agency, (kind, step), from, to)?;
        let in_force = SavedTemplate {
            body: draft.body.clone(),
            updated_by: draft.written_by,
            updated_at: work.now,
            ..row.clone()
        };
        version::saved(templates::save(work.tx, &in_force, row.version)?)?;
    } else {
        version::saved(templates::advance(work.tx, &row, Some(row.version))?)?;
    }
    let at = (kind, step, draft.version);
    let kept = template_versions::review(work.tx, work.agency, at, &reviewed)?;
    version::saved(kept)?;
    Ok(show::step(kind, step, &Standing::of(work, kind, step)?)?)
}
