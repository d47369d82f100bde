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
mod tests {
    use super::*;

    fn usual() -> Variables {
        Variables::new()
            .with(Placeholder::Name, "欧阳先生")
            .with(
                Placeholder::Date,
                &date_text(NaiveDate::from_ymd_opt(2026, 12, 31).unwrap()),
            )
            .with(
                Placeholder::Time,
                &time_text(NaiveTime::from_hms_opt(17, 0, 0).unwrap()),
            )
            .with(Placeholder::Contact, "李老师")
            .with(Placeholder::Phone, "0571-88880000")
            .with(Placeholder::Count, "12")
    }

    fn parse(text: &str) -> Result<Template, Refusal> {
        Template::parse(text, WordList::shipped())
    }

    fn render(text: &str, variables: &Variables) -> Result<Rendered, Refusal> {
        parse(text)?.render(variables, "城东服务站", WordList::shipped())
    }

    #[test]
    fn every_shipped_text_is_one_sms() {
        for (kind, step, template) in shipped_steps() {
            let rendered = template
                .render(&usual(), "城东区服务站", WordList::shipped())
                .unwrap();
            assert_eq!(
                rendered.parts, 1,
                "{kind} {step}: {} characters",
                rendered.chars
            );
            assert!(rendered.chars <= 70);
        }
    }

    #[test]
    fn what_states_a_date_has_a_short_text_that_fits_everywhere() {
        use MessageKind as K;
        for &kind in MessageKind::ALL {
            let reminds = matches!(kind, K::AppointmentReminder | K::ReportInReminder);
            let Some(text) = dated(kind) else {
                assert!(!reminds, "{kind}");
                continue;
            };
            assert!(reminds && text.states_date(), "{kind}");
            let filing = Filing {
                gateway: TemplateGateway::Tencent,
                kind,
                template_id: "1110".to_owned(),
                params: vec![Param {
                    name: "1".to_owned(),
                    variable: Some(Placeholder::Date),
                    value: None,
                    rule: None,
                }],
                variable_chars: None,
            };
            let mapping = Mapping::new(filing, text.clone()).unwrap();
            assert_eq!(mapping.misfits(&usual()), []);
            let rendered = text.render(
                &usual(),
                "城东区服务站办理中心二号窗口六",
                WordList::shipped(),
            );
            assert_eq!(rendered.unwrap().parts, 1, "{kind}");
        }
    }

    #[test]
    fn every_step_of_the_default_ladder_has_a_text() {
        use MessageKind as K;
        let expected = [
            (K::AppointmentReminder, "d-3"),
            (K::AppointmentReminder, "d-7"),
            (K::AppointmentReminder, "d0"),
            (K::AppointmentReminder, "wd-1"),
            (K::AppointmentOverdue, "overdue"),
            (K::ReportInReminder, "d-2"),
            (K::ReportInReminder, "d-5"),
            (K::ReportInReminder, "d0"),
            (K::StaffDigest, "daily"),
            (K::StaffAlert, "emergency"),
            (K::StaffAlert, "escalation"),
            (K::StaffAlert, "message_budget"),
        ];
        let steps: Vec<_> = shipped_steps()
            .map(|(kind, step, _)| (kind, step))
            .collect();
        assert_eq!(steps, expected);
        assert!(shipped(K::AppointmentReminder, "d-7").is_some());
        assert_eq!(shipped(K::AppointmentReminder, "d-99"), None);
    }

    #[test]
    fn every_kind_has_a_neutral_text_without_variables() {
        for &kind in MessageKind::ALL {
            let template = neutral(kind);
            assert!(template.placeholders().is_empty(), "{kind}");
            let rendered = template
                .render(&Variables::new(), "城东服务站", WordList::shipped())
                .unwrap();
            assert_eq!(rendered.parts, 1);
        }
    }

    #[test]
    fn a_text_is_filled_in_behind_its_signature() {
        let variables = usual().with(Placeholder::Name, "王先生");
        let rendered = render("{name}您好,请于{date}{time}前到站。", &variables).unwrap();
        assert_eq!(
            rendered.text,
            "【城东服务站】王先生您好,请于12月31日17:00前到站。"
        );
        assert_eq!((rendered.parts, rendered.chars), (1, 30));
    }

    #[test]
    fn bad_templates_are_refused_at_their_field() {
        for (text, code) in [
            ("", RefusalCode::InvalidValue),
            (" ", RefusalCode::InvalidValue),
            ("您好{nickname}", RefusalCode::InvalidValue),
            ("您好{name", RefusalCode::InvalidValue),
            ("您好name}", RefusalCode::InvalidValue),
            ("您好{{name}}", RefusalCode::InvalidValue),
            ("您好{}", RefusalCode::InvalidValue),
            ("您好\n{name}", RefusalCode::InvalidValue),
            ("【别处】您好", RefusalCode::InvalidValue),
            (&"字".repeat(301), RefusalCode::InvalidValue),
            ("请来检测", RefusalCode::WordingRefused),
            ("请来检{date}测", RefusalCode::WordingRefused),
            ("详见www.example", RefusalCode::WordingRefused),
        ] {
            let refusal = parse(text).unwrap_err();
            assert_eq!(refusal.code, code, "{text}");
            assert_eq!(refusal.pointer.as_deref(), Some("/text"), "{text}");
        }
    }

    #[test]
    fn values_are_checked_after_rendering() {
        let contact = |value: &str| usual().with(Placeholder::Contact, value);
        for value in [
            "康复老师",
            "11010519491231002X",
            "http://a",
            "",
            "\u{200B}",
            &"李".repeat(36),
        ] {
            let refusal = render("请联系{contact}", &contact(value)).unwrap_err();
            assert_eq!(refusal.code, RefusalCode::WordingRefused, "{value}");
        }
        // A word that only the template and the value make together.
        assert!(render("请来检{contact}", &contact("测老师")).is_err());
        assert!(render("请联系{contact}", &Variables::new()).is_err());
    }

    #[test]
    fn a_value_cannot_break_out_of_its_place() {
        let variables = usual().with(Placeholder::Contact, "李\r\nBcc: x【别处】{name}\u{2028}");
        let rendered = render("请联系{contact}", &variables).unwrap();
        assert_eq!(rendered.text, "【城东服务站】请联系李Bcc: x别处name");
    }

    #[test]
    fn a_bad_signature_is_refused() {
        let template = parse("您好").unwrap();
        let refusal = template
            .render(&usual(), "康复中心", WordList::shipped())
            .unwrap_err();
        assert_eq!(refusal.pointer.as_deref(), Some("/message_signature"));
    }

    #[test]
    fn nothing_personal_is_shown() {
        let rendered = render("{name}您好", &usual()).unwrap();
        assert!(!format!("{rendered:?} {:?}", usual()).contains("欧阳"));
    }
}
