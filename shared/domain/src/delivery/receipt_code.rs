//! What the codes of carriers and SMS platforms mean: a table held in data, because the set is open.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

use super::ReceiptOutcome;

/// What a code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeMeaning {
    /// What became of the message.
    pub outcome: ReceiptOutcome,
    /// Whether the number does not exist, so that no other SMS platform reaches it either.
    pub bad_number: bool,
}

/// A code nobody has classed: not delivered, and nothing more is known.
const UNCLASSED: CodeMeaning = CodeMeaning {
    outcome: ReceiptOutcome::UndeliveredTemporary,
    bad_number: false,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodesFile {
    delivered: Vec<String>,
    bad_number: Vec<String>,
    permanent: Vec<String>,
    temporary: Vec<String>,
}

#[expect(
    clippy::expect_used,
    reason = "shipped data, read by every test of this module"
)]
static CODES: LazyLock<HashMap<String, CodeMeaning>> = LazyLock::new(|| {
    let file: CodesFile = toml::from_str(include_str!("../../delivery/receipt-codes.toml"))
        .expect("the shipped codes are valid");
    let known = |codes: Vec<String>, outcome, bad_number| {
        let meaning = CodeMeaning {
            outcome,
            bad_number,
        };
        codes.into_iter().map(move |code| (code, meaning))
    };
    let permanent = ReceiptOutcome::UndeliveredPermanent;
    known(file.delivered, ReceiptOutcome::Delivered, false)
        .chain(known(file.bad_number, permanent, true))
        .chain(known(file.permanent, permanent, false))
        .chain(known(file.temporary, UNCLASSED.outcome, false))
        .collect()
});

/// What a carrier's or platform's code means, written exactly as it came. A code that is not known
/// is undelivered for now, never delivered.
pub fn meaning_of(code: &str) -> CodeMeaning {
    CODES.get(code).copied().unwrap_or(UNCLASSED)
}

/// Whether a code says that the number does not exist.
pub fn says_bad_number(code: &str) -> bool {
    meaning_of(code).bad_number
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_known_codes() {
        use ReceiptOutcome as O;
        for (code, outcome, bad_number) in [
            ("DELIVRD", O::Delivered, false),
            ("DELIVERED", O::Delivered, false),
            ("MK:0001", O::UndeliveredPermanent, true),
            ("isv.MOBILE_NUMBER_ILLEGAL", O::UndeliveredPermanent, true),
            ("MBBLACK", O::UndeliveredPermanent, false),
            ("MK:0005", O::UndeliveredTemporary, false),
            ("UNDELIV", O::UndeliveredTemporary, false),
        ] {
            let meaning = CodeMeaning {
                outcome,
                bad_number,
            };
            assert_eq!(meaning_of(code), meaning, "{code}");
        }
        assert_eq!(CODES.len(), 16, "a code stands in two classes");
    }

    proptest! {
        #[test]
        fn no_other_code_is_a_delivery(code in r"\PC{0,12}|[A-Z]{2}:\d{4}|(?i)delivr?d|(?i)delivered") {
            let meaning = meaning_of(&code);
            let delivered = ["DELIVRD", "DELIVERED"].contains(&code.as_str());
            prop_assert_eq!(meaning.outcome == ReceiptOutcome::Delivered, delivered);
            if !CODES.contains_key(&code) {
                prop_assert_eq!(meaning, UNCLASSED);
            }
        }
    }
}
