//! What a text to a client may not contain, and how long it is.
//!
//! A lock screen must disclose nothing: the words of the programme, identity numbers and links are
//! refused in signature, template, variables and the finished text. The lists are data and can be
//! extended. A street address cannot be told from other text by a machine; templates simply have no
//! place for one.

mod plain;

use std::sync::LazyLock;

use serde::Deserialize;

use crate::{Refusal, RefusalCode, coded, contact::is_han};

use plain::{Char, is_letter, normalise, numbers, position};
pub(crate) use plain::{half_width, is_invisible};

/// The words and marks that are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordList {
    words: Vec<Word>,
    link_marks: Vec<Word>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    shown: String,
    letters: Vec<char>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListFile {
    words: Vec<String>,
    link_marks: Vec<String>,
}

#[expect(
    clippy::expect_used,
    reason = "shipped data, read by every test of this module"
)]
static SHIPPED: LazyLock<WordList> = LazyLock::new(|| {
    WordList::parse(include_str!("../wording/forbidden.toml")).expect("the shipped list is valid")
});

impl WordList {
    /// The list that ships with the product.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads a list in TOML: `words` and `link_marks`.
    ///
    /// # Errors
    /// `invalid_value` with the line that is wrong.
    pub fn parse(toml_text: &str) -> Result<Self, Refusal> {
        let file: ListFile = toml::from_str(toml_text)
            .map_err(|fault| Refusal::new(RefusalCode::InvalidValue, fault.to_string()))?;
        let link_marks: Vec<Word> = file
            .link_marks
            .into_iter()
            .map(|shown| Word {
                letters: normalise(&shown).into_iter().map(|one| one.c).collect(),
                shown,
            })
            .collect();
        if link_marks.iter().any(|mark| mark.letters.len() < 2) {
            return Err(Refusal::new(
                RefusalCode::InvalidValue,
                "a link mark needs at least two characters",
            ));
        }
        let list = Self {
            words: Vec::new(),
            link_marks,
        };
        list.extended(file.words)
    }

    /// This list with further words, as an agency adds them.
    ///
    /// # Errors
    /// `invalid_value` for a word without a letter or digit: it would match everything.
    pub fn extended(mut self, words: impl IntoIterator<Item = String>) -> Result<Self, Refusal> {
        for shown in words {
            let letters: Vec<char> = normalise(&shown)
                .into_iter()
                .map(|one| one.c)
                .filter(|c| is_letter(*c))
                .collect();
            if letters.is_empty() {
                return Err(Refusal::new(
                    RefusalCode::InvalidValue,
                    "a forbidden word needs at least one letter or digit",
                ));
            }
            self.words.push(Word { shown, letters });
        }
        Ok(self)
    }
}

coded! {
    /// Kind of finding.
    FindingKind {
        /// A word of the list.
        ForbiddenWord = "forbidden_word",
        /// A run of digits like an identity or card number.
        IdNumber = "id_number",
        /// A link or a part of one.
        Link = "link",
    }
}

/// Something a text may not contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub kind: FindingKind,
    /// The word of the list that was met; empty for a number, which is never repeated.
    pub word: String,
    /// Where it begins, in characters of the original text.
    pub position: usize,
}

/// Everything a text may not contain, in the order of the list.
pub fn lint(text: &str, words: &WordList) -> Vec<Finding> {
    let plain = normalise(text);
    let letters: Vec<Char> = plain
        .iter()
        .copied()
        .filter(|one| is_letter(one.c))
        .collect();
    let numbers = numbers(&plain);
    let mut findings = Vec::new();
    for word in &words.words {
        let found = if word.letters.iter().all(char::is_ascii_digit) {
            numbers
                .iter()
                .find(|number| number.digits == word.letters)
                .map(|number| number.at)
        } else {
            position(&letters, &word.letters)
        };
        if let Some(position) = found {
            let word = word.shown.clone();
            findings.push(Finding {
                kind: FindingKind::ForbiddenWord,
                word,
                position,
            });
        }
    }
    for mark in &words.link_marks {
        if let Some(position) = position(&plain, &mark.letters) {
            let word = mark.shown.clone();
            findings.push(Finding {
                kind: FindingKind::Link,
                word,
                position,
            });
        }
    }
    if let Some(number) = numbers.iter().find(|number| number.is_id_like()) {
        findings.push(Finding {
            kind: FindingKind::IdNumber,
            word: String::new(),
            position: number.at,
        });
    }
    findings
}

/// Checks the finished text, signature included, before it is sent.
///
/// # Errors
/// `wording_refused`; names the words and never the text.
pub fn lint_rendered(text_with_signature: &str, words: &WordList) -> Result<(), Refusal> {
    refuse(&lint(text_with_signature, words), "")
}

/// Checks the signature that stands in 【…】 before every text, given without the brackets.
///
/// # Errors
/// `wording_refused` at `/message_signature` unless it has 2–16 letters, digits or Han characters
/// and gives nothing away.
pub fn check_signature(signature: &str, words: &WordList) -> Result<(), Refusal> {
    let length = signature.chars().count();
    let plain = signature
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || is_han(c));
    if !(2..=16).contains(&length) || !plain {
        return Err(Refusal::at(
            RefusalCode::WordingRefused,
            "/message_signature",
            "a signature has 2 to 16 letters, digits or Han characters, without brackets",
        ));
    }
    refuse(&lint(signature, words), "/message_signature")
}

/// Turns findings into a refusal of the field at `pointer` (none if empty).
pub(crate) fn refuse(findings: &[Finding], pointer: &str) -> Result<(), Refusal> {
    if findings.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = findings
        .iter()
        .map(|finding| match finding.kind {
            FindingKind::ForbiddenWord => format!("the word {}", finding.word),
            FindingKind::Link => format!("a link ({})", finding.word),
            FindingKind::IdNumber => "a number like an identity number".to_owned(),
        })
        .collect();
    let detail = format!("a text to a client may not contain {}", named.join(", "));
    let pointer = (!pointer.is_empty()).then(|| pointer.to_owned());
    Err(Refusal {
        code: RefusalCode::WordingRefused,
        detail,
        pointer,
    })
}

/// How many SMS a text is billed as, with its signature: one up to 70 characters, else parts of 67.
/// Counts UTF-16 units, as the network does.
pub fn sms_parts(text: &str) -> usize {
    let units = text.encode_utf16().count();
    if units <= 70 { 1 } else { units.div_ceil(67) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<FindingKind> {
        lint(text, WordList::shipped())
            .into_iter()
            .map(|finding| finding.kind)
            .collect()
    }

    #[test]
    fn every_word_that_must_never_appear_is_found() {
        let never = "戒毒 禁毒 吸毒 毒品 毒 尿检 尿 毛发 检测 社戒 社康 康复 强制 管控 626 派出所 公安 警 \
                     违规 告诫 隔离";
        for word in never.split_whitespace() {
            let findings = lint(&format!("您好,请于明天{word},谢谢"), WordList::shipped());
            assert!(
                findings.iter().any(|finding| finding.word == word),
                "{word}"
            );
            assert_eq!(findings[0].position, 7, "{word}");
        }
    }

    #[test]
    fn disguises_are_seen_through() {
        for text in [
            "检 测",
            "检\u{200B}测",
            "检-测",
            "检，测",
            "检\u{3000}测",
            "检\n测",
            "检*测",
            "康【复】",
            "６２６",
            "6 2 6",
            "6.26",
            "6·26",
            "626中心",
            "6\u{2060}26",
        ] {
            assert_eq!(kinds(text), [FindingKind::ForbiddenWord], "{text}");
        }
    }

    #[test]
    fn ordinary_texts_and_numbers_pass() {
        for text in [
            "【城东服务站】王先生您好,您预约的服务请于6月12日17:00前到站办理,如需改期请致电0571-88880000。",
            "【城东服务站】您预约的服务已过约定时间,请尽快联系李老师0571-88880000确认或改期。",
            "请致电0571-88626000",
            "请致电13862600626",
            "400-626-1234",
            "6:26到站",
            "6月26日16:26",
            "2026-06-26",
            "",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn identity_numbers_are_found_and_not_repeated() {
        for text in [
            "11010519491231002X",
            "110105491231002",
            "证件１１０１０５１９４９１２３１００２１",
            "110105 19491231 0021",
            "6222020200012345678",
        ] {
            let findings = lint(text, WordList::shipped());
            assert_eq!(findings.len(), 1, "{text}");
            assert_eq!(findings[0].kind, FindingKind::IdNumber, "{text}");
            assert_eq!(findings[0].word, "");
        }
        assert_eq!(kinds("0571-88880000 13800138000"), []);
    }

    #[test]
    fn links_are_found() {
        for text in ["见http://a", "www.a", "a.cn/x", "Ａ.ＣＮ", "a.c\u{200B}om"] {
            assert!(kinds(text).contains(&FindingKind::Link), "{text}");
        }
    }

    #[test]
    fn a_list_can_be_extended() {
        let list = WordList::shipped()
            .clone()
            .extended(["服务站".to_owned()])
            .unwrap();
        assert!(lint_rendered("城东服务 站", &list).is_err());
        assert!(
            WordList::shipped()
                .clone()
                .extended(["·".to_owned()])
                .is_err()
        );
        assert!(WordList::parse("words = 1").is_err());
        assert!(WordList::parse("words = []\nlink_marks = ['']").is_err());
    }

    #[test]
    fn a_refusal_names_the_word_and_not_the_text() {
        let refusal =
            lint_rendered("王小明 检 测 110105491231002", WordList::shipped()).unwrap_err();
        assert_eq!(refusal.code, RefusalCode::WordingRefused);
        assert_eq!(
            refusal.detail,
            "a text to a client may not contain the word 检测, a number like an identity number"
        );
    }

    #[test]
    fn signatures_are_short_and_neutral() {
        let list = WordList::shipped();
        for good in ["城东", "城东服务站", "同行Tongxing2", &"城".repeat(16)] {
            assert_eq!(check_signature(good, list), Ok(()), "{good}");
        }
        for bad in [
            "",
            "城",
            &"城".repeat(17),
            "【城东】",
            "城 东",
            "城东\n",
            "城东康复站",
            "626中心",
        ] {
            let refusal = check_signature(bad, list).unwrap_err();
            assert_eq!(refusal.code, RefusalCode::WordingRefused, "{bad}");
            assert_eq!(refusal.pointer.as_deref(), Some("/message_signature"));
        }
    }

    #[test]
    fn parts_are_70_then_67() {
        for (units, parts) in [
            (0, 1),
            (1, 1),
            (70, 1),
            (71, 2),
            (134, 2),
            (135, 3),
            (160, 3),
        ] {
            assert_eq!(sms_parts(&"字".repeat(units)), parts, "{units}");
        }
        // A rare character outside the basic plane takes two units.
        assert_eq!(sms_parts(&"𠮷".repeat(35)), 1);
        assert_eq!(sms_parts(&"𠮷".repeat(36)), 2);
    }
}
