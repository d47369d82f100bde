//! A step as people see it.

use domain::{
    MessageKind, Refusal, TemplateSource,
    template::{self, Rendered, Template},
    wording::WordList,
};
use storage::template_versions::TemplateVersion;

use super::{sample, standing::Standing};
use crate::views::templates::{DraftView, TemplateView};

/// A stored text. It was checked when it was stored; `None`: a list of words that has grown since then
/// forbids it, and it is not sent any more.
pub(in crate::services) fn stored(body: &str) -> Option<Template> {
    Template::parse(body, WordList::shipped()).ok()
}

/// A text with long values.
pub(super) fn example(text: &Template) -> Result<Rendered, Refusal> {
    text.render(
        &sample::long_values(),
        sample::SIGNATURE,
        WordList::shipped(),
    )
}

pub(super) fn step(
    kind: MessageKind,
    step: &str,
    standing: &Standing,
) -> Result<TemplateView, Refusal> {
    let own = standing.active.as_ref().and_then(|it| stored(&it.body));
    let active = standing.active.as_ref().filter(|_| own.is_some());
    let text = own
        .as_ref()
        .or_else(|| template::shipped(kind, step))
        .unwrap_or_else(|| template::neutral(kind));
    let example = example(text)?;
    Ok(TemplateView {
        kind,
        step: step.to_owned(),
        source: match active {
            Some(_) => TemplateSource::Agency,
            None => TemplateSource::Shipped,
        },
        text: text.text().to_owned(),
        placeholders: text.placeholders(),
        example: example.text,
        chars: example.chars,
        parts: example.parts,
        fallback: template::neutral(kind).text().to_owned(),
        version: standing.version(),
        text_version: active.map(|it| it.version),
        updated_by: active.map(|it| it.written_by),
        updated_at: active.map(|it| it.written_at),
        reviewed_by: active.and_then(|it| it.reviewed_by),
        reviewed_at: active.and_then(|it| it.reviewed_at),
        draft: standing.draft.as_ref().and_then(draft),
    })
}

fn draft(version: &TemplateVersion) -> Option<DraftView> {
    let text = stored(&version.body)?;
    let example = example(&text).ok()?;
    Some(DraftView {
        version: version.version,
        status: version.status,
        placeholders: text.placeholders(),
        text: version.body.clone(),
        example: example.text,
        chars: example.chars,
        parts: example.parts,
        written_by: version.written_by,
        written_at: version.written_at,
        reviewed_by: version.reviewed_by,
        reviewed_at: version.reviewed_at,
        note: version.note.clone(),
    })
}
