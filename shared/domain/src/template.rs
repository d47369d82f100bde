//! The texts of messages: parsed and checked when saved, rendered and checked again before sending.

mod channel;
mod mapping;
mod review;
mod shipped;

use std::{collections::BTreeMap, fmt};

use crate::{
    MessageKind, Refusal, RefusalCode, coded,
    wording::{self, WordList},
};
use chrono::{Datelike, NaiveDate, NaiveTime};

pub use channel::{FallbackReason, Outbound, Route, Unsendable, Wanted, render_for};
pub use mapping::{DATED_STEP, Filing, Filled, Mapping, NEUTRAL_STEP, Param, TemplateGateway};
pub use review::{ReviewDecision, TextStatus, review};
pub use shipped::{dated, neutral, shipped, shipped_steps};

coded! {
    /// A place in a template that is filled in when the text is rendered.
    Placeholder {
        /// 王先生: see [`crate::contact::salutation`].
        Name = "name",
        /// 6月12日: see [`date_text`].
        Date = "date",
        /// 2026年6月12日, for fields that take no other form: see [`day_text`].
        Day = "day",
        /// 17:00: see [`time_text`].
        Time = "time",
        /// Whom to ask for: 李老师.
        Contact = "contact",
        /// The office's telephone.
        Phone = "phone",
        /// How many items a digest has.
        Count = "count",
        /// The code of a sign-in.
        Code = "code",
    }
}

/// The longest template that can be saved, in characters, without the signature.
const MAX_TEMPLATE: usize = 300;
/// The longest value, in characters.
const MAX_VALUE: usize = 35;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place(Placeholder),
}

/// A template that has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    text: String,
    pieces: Vec<Piece>,
}

impl Template {
    /// Reads and checks a template, given without its signature.
    ///
    /// # Errors
    /// At `/text`: `invalid_value` for an empty or overlong text, control characters, 【】, unknown
    /// placeholders or unbalanced braces; `wording_refused` for what a text may not contain.
    pub fn parse(text: &str, words: &WordList) -> Result<Self, Refusal> {
        if text.trim().is_empty() {
            return Err(bad("a template needs a text"));
        }
        if text.chars().count() > MAX_TEMPLATE {
            return Err(bad("a template has at most 300 characters"));
        }
        if text
            .chars()
            .any(|c| c.is_control() || matches!(c, '【' | '】'))
        {
            return Err(bad(
                "a template has no line breaks and no 【】: the signature is added",
            ));
        }
        let pieces = split(text)?;
        // Placeholders are taken out, so that no word hides across one.
        let fixed: String = pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Text(text) => Some(text.as_str()),
                Piece::Place(_) => None,
            })
            .collect();
        wording::refuse(&wording::lint(&fixed, words), "/text")?;
        Ok(Self {
            text: text.to_owned(),
            pieces,
        })
    }

    /// The template as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The places it needs filled, each once.
    pub fn placeholders(&self) -> Vec<Placeholder> {
        Placeholder::ALL
            .iter()
            .copied()
            .filter(|place| self.pieces.contains(&Piece::Place(*place)))
            .collect()
    }

    /// Whether it states the stored date.
    pub fn states_date(&self) -> bool {
        let states = |place| self.pieces.contains(&Piece::Place(place));
        states(Placeholder::Date) || states(Placeholder::Day)
    }

    /// Whether it says what a message of this kind has to: a reminder states the date, which is what a
    /// client must be able to rely on.
    pub fn says_enough(&self, kind: MessageKind) -> bool {
        dated(kind).is_none() || self.states_date()
    }

    /// Fills the places in, puts the signature in front, and checks the finished text.
    ///
    /// # Errors
    /// `wording_refused` for a missing or overlong value, a bad signature, or a finished text with
    /// something in it that it may not contain. The sentence never repeats a value.
    pub fn render(
        &self,
        variables: &Variables,
        signature: &str,
        words: &WordList,
    ) -> Result<Rendered, Refusal> {
        wording::check_signature(signature, words)?;
        let mut text = format!("【{signature}】");
        for piece in &self.pieces {
            match piece {
                Piece::Text(fixed) => text.push_str(fixed),
                Piece::Place(place) => text.push_str(variables.get(*place)?),
            }
        }
        wording::lint_rendered(&text, words)?;
        let chars = text.encode_utf16().count();
        Ok(Rendered {
            parts: wording::sms_parts(&text),
            chars,
            text,
        })
    }
}

fn bad(detail: &str) -> Refusal {
    Refusal::at(RefusalCode::InvalidValue, "/text", detail)
}

fn split(text: &str) -> Result<Vec<Piece>, Refusal> {
    let unbalanced = || bad("every { needs its }, with the name of a placeholder between them");
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((fixed, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}').ok_or_else(unbalanced)?;
        if fixed.contains('}') || name.contains('{') {
            return Err(unbalanced());
        }
        let place = name.parse().map_err(|unknown: crate::coded::UnknownWord| {
            let known: Vec<&str> = Placeholder::ALL.iter().map(|one| one.as_str()).collect();
            bad(&format!(
                "{:?} is none of the placeholders: {}",
                unknown.word,
                known.join(", ")
            ))
        })?;
        if !fixed.is_empty() {
            pieces.push(Piece::Text(fixed.to_owned()));
        }
        pieces.push(Piece::Place(place));
        rest = tail;
    }
    if rest.contains('}') {
        return Err(unbalanced());
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

/// What fills the places of a template. Personal data: `Debug` shows names of places only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Variables(BTreeMap<Placeholder, String>);

impl Variables {
    /// No values yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more value. Control and invisible characters, braces and 【】 are taken out, so that a
    /// value can neither begin a new line or header nor pass for a signature.
    #[must_use]
    pub fn with(mut self, place: Placeholder, value: &str) -> Self {
        let clean: String = value
            .chars()
            .filter(|c| !c.is_control() && !wording::is_invisible(*c))
            .filter(|c| !matches!(c, '【' | '】' | '{' | '}' | '\u{2028}' | '\u{2029}'))
            .collect();
        self.0.insert(place, clean.trim().to_owned());
        self
    }

    fn get(&self, place: Placeholder) -> Result<&str, Refusal> {
        let fault = match self.0.get(&place) {
            Some(value) if value.chars().count() > MAX_VALUE => "is too long",
            Some(value) if !value.is_empty() => return Ok(value),
            _ => "is missing",
        };
        Err(Refusal::new(
            RefusalCode::WordingRefused,
            format!("the value of {{{place}}} {fault}"),
        ))
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A text ready to be sent. Personal data: `Debug` shows its size only.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The text with its signature.
    pub text: String,
    /// SMS it is billed as.
    pub parts: usize,
    /// Its length in UTF-16 units, as the network counts characters.
    pub chars: usize,
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rendered")
            .field("parts", &self.parts)
            .field("chars", &self.chars)
            .finish_non_exhaustive()
    }
}

/// `6月12日`.
pub fn date_text(date: NaiveDate) -> String {
    format!("{}月{}日", date.month(), date.day())
}

/// `2026年6月12日`: the form of a date field at WeChat.
pub fn day_text(date: NaiveDate) -> String {
    format!("{}年{}", date.year(), date_text(date))
}

/// `17:00`.
pub fn time_text(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

#[cfg(test)]
mod tests;
