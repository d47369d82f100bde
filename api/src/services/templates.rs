//! The texts of messages: those that ship, and the agency's own over them, which two people put there.

pub(super) mod channels;
mod review;
mod sample;
pub(super) mod show;
mod standing;
pub(super) mod steps;

use std::collections::BTreeMap;

use casework::Work;
use domain::{
    MessageKind, OfficeId, Refusal, RefusalCode, StaffId, sign_in_code,
    template::{self, DATED_STEP, NEUTRAL_STEP, Route, Template, TextStatus},
    wording::WordList,
};
use storage::{
    offices,
    template_versions::{self, TemplateVersion},
    templates::{self, SavedTemplate},
};

pub use self::review::review;
pub(super) use self::sample::{Sample, long_values};
use self::standing::Standing;
use crate::{
    accounts::Accounts,
    failure::Failure,
    services::{provider_templates, version},
    views::templates::{PreviewTemplate, TemplateList, TemplatePreview, TemplateView},
};

/// Every step that has a text, by kind and step.
pub fn list(work: &mut Work<'_, '_>) -> Result<TemplateList, Failure> {
    type Texts = (Option<SavedTemplate>, Vec<TemplateVersion>);
    let mut steps: BTreeMap<(MessageKind, String), Texts> = BTreeMap::new();
    for (kind, step, _) in template::shipped_steps() {
        steps.insert((kind, step.to_owned()), Texts::default());
    }
    for row in templates::all(work.tx, work.agency)? {
        let at = (row.kind, row.step.clone());
        steps.entry(at).or_default().0 = Some(row);
    }
    for version in template_versions::shown(work.tx, work.agency)? {
        let at = (version.kind, version.step.clone());
        steps.entry(at).or_default().1.push(version);
    }
    let mut items = Vec::new();
    for ((kind, step), (row, versions)) in steps {
        let standing = Standing::from(row, versions);
        if standing.version().is_some() || template::shipped(kind, &step).is_some() {
            items.push(show::step(kind, &step, &standing)?);
        }
    }
    Ok(TemplateList { items })
}

/// Writes a draft of the agency's own text for a step, in place of one that waits. It is checked now,
/// when it is reviewed, and each time it is filled in.
///
/// # Errors
/// `not_found` for a step that neither ships nor stands in a rule pack of the agency; `invalid_value`
/// or `wording_refused` at `/text`; `stale_version`.
pub fn put(
    work: &mut Work<'_, '_>,
    kind: MessageKind,
    step: &str,
    text: &str,
    expected: Option<i64>,
) -> Result<TemplateView, Failure> {
    let template = checked(work, kind, step, text)?;
    let standing = Standing::of(work, kind, step)?;
    version::check(standing.version().unwrap_or(0), expected)?;
    let written_by = writer(work)?;
    let stored = standing.row.as_ref().map(|row| row.version);
    let row = standing.row.unwrap_or_else(|| SavedTemplate {
        agency_id: work.agency,
        kind,
        step: step.to_owned(),
        body: String::new(),
        version: 0,
        updated_by: written_by,
        updated_at: work.now,
        removed_at: None,
    });
    version::saved(templates::advance(work.tx, &row, stored)?)?;
    let (from, to) = (TextStatus::Draft, TextStatus::Withdrawn);
    template_versions::move_on(work.tx, work.agency, (kind, step), from, to)?;
    let draft = TemplateVersion {
        agency_id: work.agency,
        kind,
        step: step.to_owned(),
        version: row.version.saturating_add(1),
        body: template.text().to_owned(),
        status: TextStatus::Draft,
        written_by,
        written_at: work.now,
        reviewed_by: None,
        reviewed_at: None,
        note: None,
    };
    template_versions::insert(work.tx, &draft)?;
    Ok(show::step(kind, step, &Standing::of(work, kind, step)?)?)
}

/// Takes the agency's own text of a step away, and what is drafted for it: the one that ships is sent
/// again. It needs no second person, since that text was reviewed with the product.
///
/// # Errors
/// `not_found` where the agency has neither; `stale_version`.
pub fn reset(
    work: &mut Work<'_, '_>,
    kind: MessageKind,
    step: &str,
    expected: Option<i64>,
) -> Result<(), Failure> {
    use TextStatus as S;
    let standing = Standing::of(work, kind, step)?;
    let (Some(shown), Some(row)) = (standing.version(), standing.row) else {
        return Err(Failure::not_found("text of your own"));
    };
    version::check(shown, expected)?;
    for (from, to) in [(S::Draft, S::Withdrawn), (S::Active, S::Retired)] {
        template_versions::move_on(work.tx, work.agency, (kind, step), from, to)?;
    }
    let (agency, now) = (work.agency, work.now);
    version::saved(if row.removed_at.is_none() {
        templates::remove(work.tx, agency, kind, step, row.version, now)?
    } else {
        templates::advance(work.tx, &row, Some(row.version))?
    })
}

/// Shows what saving a text would show, and what would leave by each way. Saves nothing.
///
/// # Errors
/// `not_found` at no known step; `invalid_value` or `wording_refused` at `/text`; `invalid_value` at
/// `/office_id` for none of the agency's.
pub fn preview(
    work: &mut Work<'_, '_>,
    accounts: &Accounts,
    asked: &PreviewTemplate,
) -> Result<TemplatePreview, Failure> {
    let (kind, step) = (asked.kind, asked.step.as_str());
    let template = checked(work, kind, step, &asked.text)?;
    let sample = sample_of(work, asked.office_id)?;
    let example = show::example(&template, &sample)?;
    let preview = |provider: Option<&str>, route: Route<'_>| {
        channels::preview(provider, route, kind, Some(&template), &sample)
    };
    let mut ways = vec![preview(None, Route::WholeText)];
    for account in provider_templates::of_step(work, accounts, kind, step)? {
        let route = Route::Filed {
            usual: account.usual.as_ref(),
            dated: account.dated.as_ref(),
            neutral: account.neutral.as_ref(),
        };
        ways.push(preview(Some(account.provider.as_str()), route));
    }
    Ok(TemplatePreview {
        text: template.text().to_owned(),
        placeholders: template.placeholders(),
        example: example.text,
        chars: example.chars,
        parts: example.parts,
        channels: ways,
    })
}

/// What a text is tried with, for an office if one is named.
fn sample_of(work: &mut Work<'_, '_>, office: Option<OfficeId>) -> Result<Sample, Failure> {
    let Some(id) = office else {
        return Ok(Sample::usual());
    };
    let office = offices::get(work.tx, work.agency, id)?;
    let none = || {
        Refusal::at(
            RefusalCode::InvalidValue,
            "/office_id",
            "there is no such office",
        )
    };
    Ok(Sample::of(&office.ok_or_else(none)?))
}

/// A text that may stand at this step, and that can be filled in.
fn checked(
    work: &mut Work<'_, '_>,
    kind: MessageKind,
    step: &str,
    text: &str,
) -> Result<Template, Failure> {
    if !steps::is_known(work, kind, step)? {
        return Err(Failure::not_found("step"));
    }
    let template = Template::parse(text.trim(), WordList::shipped())?;
    steps::check_placeholders(kind, &template)?;
    show::example(&template, &Sample::usual())?;
    Ok(template)
}

/// The text that is sent at a step: what an account can be told of. `None`: there is none.
pub(super) fn in_force(
    work: &mut Work<'_, '_>,
    kind: MessageKind,
    step: &str,
) -> Result<Option<Template>, Failure> {
    // A code is all there is to its text: there is none without it.
    if kind == MessageKind::SignInCode {
        let text = (step == sign_in_code::STEP).then(sign_in_code::template);
        return Ok(text.cloned());
    }
    if step == NEUTRAL_STEP {
        return Ok(Some(template::neutral(kind).clone()));
    }
    if step == DATED_STEP {
        return Ok(template::dated(kind).cloned());
    }
    let active = Standing::of(work, kind, step)?.active;
    let own = active.and_then(|it| show::stored(kind, &it.body));
    Ok(own.or_else(|| template::shipped(kind, step).cloned()))
}

/// One of the agency's texts that is or was in force.
pub(super) fn reviewed_version(
    work: &mut Work<'_, '_>,
    kind: MessageKind,
    step: &str,
    version: i64,
) -> Result<Template, Failure> {
    use TextStatus as S;
    let versions = template_versions::of_step(work.tx, work.agency, kind, step)?;
    let found = versions
        .into_iter()
        .find(|it| it.version == version && matches!(it.status, S::Active | S::Retired));
    let none = || {
        Refusal::at(
            RefusalCode::InvalidValue,
            "/text_version",
            "no text of this version is or was in force",
        )
    };
    Ok(found
        .and_then(|it| show::stored(kind, &it.body))
        .ok_or_else(none)?)
}

pub(super) fn writer(work: &Work<'_, '_>) -> Result<StaffId, Refusal> {
    work.actor
        .staff_id()
        .ok_or_else(|| Refusal::new(RefusalCode::Conflict, "a text is a staff member's affair"))
}
