//! The texts that ship with the product.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::Template;
use crate::{MessageKind, Refusal, RefusalCode, wording::WordList};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShippedFile {
    template: Vec<ShippedText>,
    dated: Vec<TextOfKind>,
    neutral: Vec<TextOfKind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShippedText {
    kind: MessageKind,
    step: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextOfKind {
    kind: MessageKind,
    text: String,
}

struct Shipped {
    steps: BTreeMap<(MessageKind, String), Template>,
    dated: BTreeMap<MessageKind, Template>,
    neutral: BTreeMap<MessageKind, Template>,
}

fn load() -> Result<Shipped, Refusal> {
    let file: ShippedFile = toml::from_str(include_str!("../../wording/templates.toml"))
        .map_err(|fault| Refusal::new(RefusalCode::InvalidValue, fault.to_string()))?;
    let parse = |text: &str| Template::parse(text, WordList::shipped());
    let of_kinds = |texts: Vec<TextOfKind>| {
        texts
            .into_iter()
            .map(|one| Ok((one.kind, parse(&one.text)?)))
            .collect::<Result<BTreeMap<_, _>, Refusal>>()
    };
    Ok(Shipped {
        steps: file
            .template
            .into_iter()
            .map(|one| Ok(((one.kind, one.step), parse(&one.text)?)))
            .collect::<Result<_, Refusal>>()?,
        dated: of_kinds(file.dated)?,
        neutral: of_kinds(file.neutral)?,
    })
}

#[expect(
    clippy::expect_used,
    reason = "shipped data, read by the tests of this module"
)]
static SHIPPED: LazyLock<Shipped> =
    LazyLock::new(|| load().expect("the shipped templates are valid"));

/// The text that ships for a step of the ladder; `None` for a step the product has no text for.
pub fn shipped(kind: MessageKind, step: &str) -> Option<&'static Template> {
    SHIPPED.steps.get(&(kind, step.to_owned()))
}

/// Every step that has a text, in order.
pub fn shipped_steps() -> impl Iterator<Item = (MessageKind, &'static str, &'static Template)> {
    SHIPPED
        .steps
        .iter()
        .map(|((kind, step), template)| (*kind, step.as_str(), template))
}

/// The shortest text of a kind that states its date; `None` for a kind that states none.
pub fn dated(kind: MessageKind) -> Option<&'static Template> {
    SHIPPED.dated.get(&kind)
}

/// The text for a number that is shared or not verified: no name, no date, nothing to fill in.
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test holds that all are there"
)]
pub fn neutral(kind: MessageKind) -> &'static Template {
    SHIPPED
        .neutral
        .get(&kind)
        .expect("every kind of message has a neutral text")
}
