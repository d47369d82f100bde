//! The texts of messages: those that ship, and the agency's own over them.

mod steps;

use std::collections::BTreeMap;

use casework::{Work, WorkError};
use domain::{
    MessageKind, Refusal, RefusalCode, TemplateSource,
    template::{self, Placeholder, Template, Variables},
    wording::WordList,
};
use storage::templates::{self, SavedTemplate};

use crate::{
    failure::Failure,
    services::version,
    views::templates::{PreviewTemplate, TemplateList, TemplatePreview, TemplateView},
};

/// Every step that has a text, by kind and step.
pub fn list(work: &mut Work<'_, '_>) -> Result<TemplateList, Failure> {
    let mut views: BTreeMap<(MessageKind, String), TemplateView> = BTreeMap::new();
    for (kind, step, template) in template::shipped_steps() {
        views.insert((kind, step.to_owned()), view(kind, step, template)?);
    }
    for row in templates::list(work.tx, work.agency)? {
        views.insert((row.kind, row.step.clone()), saved_view(&row)?);
    }
    Ok(TemplateList {
        items: views.into_values().collect(),
    })
}

/// Saves the agency's own text for a step. It is checked now, and again each time it is filled in.
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
    // Refuses what no text of it could ever be.
    view(kind, step, &template)?;
    let before = templates::get(work.tx, work.agency, kind, step)?;
    let shown = before.as_ref().filter(|row| row.removed_at.is_none());
    version::check(shown.map_or(0, |row| row.version), expected)?;
    let stored = before.map(|row| row.version);
    let updated_by = work
        .actor
        .staff_id()
        .ok_or_else(|| Refusal::new(RefusalCode::Conflict, "a text is saved by a staff member"))?;
    let row = SavedTemplate {
        agency_id: work.agency,
        kind,
        step: step.to_owned(),
        body: template.text().to_owned(),
        version: stored.unwrap_or(0) + 1,
        updated_by,
        updated_at: work.now,
        removed_at: None,
    };
    version::saved(templates::save(work.tx, &row, stored)?)?;
    saved_view(&row)
}

/// Takes the agency's own text of a step away: the one that ships is sent again.
///
/// # Errors
/// `not_found` where the agency saved none; `stale_version`.
pub fn reset(
    work: &mut Work<'_, '_>,
    kind: MessageKind,
    step: &str,
    expected: Option<i64>,
) -> Result<(), Failure> {
    let row = templates::get(work.tx, work.agency, kind, step)?
        .filter(|row| row.removed_at.is_none())
        .ok_or_else(|| Failure::not_found("text of your own"))?;
    version::check(row.version, expected)?;
    version::saved(templates::remove(
        work.tx,
        work.agency,
        kind,
        step,
        row.version,
        work.now,
    )?)
}

/// Shows what saving a text would show, and saves nothing.
///
/// # Errors
/// `not_found` at no known step; `invalid_value` or `wording_refused` at `/text`.
pub fn preview(
    work: &mut Work<'_, '_>,
    asked: &PreviewTemplate,
) -> Result<TemplatePreview, Failure> {
    let template = checked(work, asked.kind, &asked.step, &asked.text)?;
    let view = view(asked.kind, &asked.step, &template)?;
    Ok(TemplatePreview {
        text: view.text,
        placeholders: view.placeholders,
        example: view.example,
        chars: view.chars,
        parts: view.parts,
    })
}

/// A text that may stand at this step.
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
    Ok(template)
}

fn saved_view(row: &SavedTemplate) -> Result<TemplateView, Failure> {
    let template = Template::parse(&row.body, WordList::shipped())
        .map_err(|refusal| WorkError::corrupt(refusal.detail))?;
    Ok(TemplateView {
        source: TemplateSource::Agency,
        version: Some(row.version),
        updated_by: Some(row.updated_by),
        updated_at: Some(row.updated_at),
        ..view(row.kind, &row.step, &template)?
    })
}

fn view(kind: MessageKind, step: &str, template: &Template) -> Result<TemplateView, Refusal> {
    let example = template.render(&long_values(), "城东服务站", WordList::shipped())?;
    Ok(TemplateView {
        kind,
        step: step.to_owned(),
        source: TemplateSource::Shipped,
        text: template.text().to_owned(),
        placeholders: template.placeholders(),
        example: example.text,
        chars: example.chars,
        parts: example.parts,
        version: None,
        updated_by: None,
        updated_at: None,
    })
}

/// Values as long as they usually get.
fn long_values() -> Variables {
    Variables::new()
        .with(Placeholder::Name, "欧阳先生")
        .with(Placeholder::Date, "12月31日")
        .with(Placeholder::Time, "17:00")
        .with(Placeholder::Contact, "李老师")
        .with(Placeholder::Phone, "0571-88880000")
        .with(Placeholder::Count, "12")
}
