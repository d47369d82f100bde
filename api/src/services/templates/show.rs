//! A step as people see it.

use domain::{
    MessageKind, Refusal, TemplateSource,
    template::{self, Rendered, Template},
    wording::WordList,
};
use storage::template_versions::TemplateVersion;

use super::{sample::Sample, standing::Standing};
use crate::views::templates::{DraftView, TemplateView};

/// A stored text. It was checked when it was stored; `None`: a list of words that has grown since then
/// forbids it, or it is a reminder from before these had to state the date. It is not sent any more.
pub(in crate::services) fn stored(kind: MessageKind, body: &str) -> Option<Template> {
    let text = Template::parse(body, WordList::shipped()).ok()?;
    text.says_enough(kind).then_some(text)
}

/// A text with long values, or those of an office.
pub(super) fn example(text: &Template, sample: &Sample) -> Result<Rendered, Refusal> {
    text.render(&sample.data, &sample.signature, WordList::shipped())
}

pub(super) fn step(
    kind: MessageKind,
    step: &str,
    standing: &Standing,
) -> Result<TemplateView, Refusal> {
    let own = standing
        .active
        .as_ref()
        .and_then(|it| stored(kind, &it.body));
    let active = standing.active.as_ref().filter(|_| own.is_some());
    let text = own
        .as_ref()
        .or_else(|| template::shipped(kind, step))
        .or_else(|| template::dated(kind))
        .unwrap_or_else(|| template::neutral(kind));
    let example = example(text, &Sample::usual())?;
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
        draft: standing.draft.as_ref().and_then(|it| draft(kind, it)),
    })
}

fn draft(kind: MessageKind, version: &TemplateVersion) -> Option<DraftView> {
    let text = stored(kind, &version.body)?;
    let example = example(&text, &Sample::usual()).ok()?;
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
