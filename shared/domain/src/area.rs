//! Areas: nodes of the tree province › city › county › township › village (行政区划).
//!
//! A node has six digits by GB/T 2260, two for each of its first three levels, and three more for a
//! township (GB/T 10114) and for a village. Levels below the node are zeros: 330100 is a city.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Refusal, RefusalCode};

/// How many digits name a node of each level.
const LEVELS: [usize; 5] = [2, 4, 6, 9, 12];

/// The code of an area: 6, 9 or 12 digits.
// No province begins with a zero, so the number says it all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaCode(u64);

impl AreaCode {
    /// Reads a code.
    ///
    /// # Errors
    /// `invalid_value` at `/area_code`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        if matches!(text.len(), 6 | 9 | 12)
            && digits
            && !text.starts_with('0')
            && let Ok(number) = text.parse()
        {
            return Ok(Self(number));
        }
        Err(Refusal::at(
            RefusalCode::InvalidValue,
            "/area_code",
            "an area code has 6, 9 or 12 digits (GB/T 2260, GB/T 10114)",
        ))
    }

    /// Whether this area is, or lies within, `area`.
    pub fn is_within(self, area: Self) -> bool {
        self.to_string().starts_with(&area.node())
    }

    /// The first and the last text that the codes within the area may be, for comparing texts: with
    /// digits only, and a text before all that it begins, every collation agrees.
    pub fn span(self) -> (String, String) {
        let node = self.node();
        let last = format!("{node:9<12}");
        (node, last)
    }

    /// The digits that every code within the area begins with.
    fn node(self) -> String {
        let code = self.to_string();
        let only_zeros = |from: usize| {
            let mut below = code.bytes().skip(from);
            below.all(|digit| digit == b'0')
        };
        let level = LEVELS.into_iter().find(|&level| only_zeros(level));
        code.chars().take(level.unwrap_or(code.len())).collect()
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl From<AreaCode> for String {
    fn from(code: AreaCode) -> Self {
        code.to_string()
    }
}

impl TryFrom<String> for AreaCode {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(code: &str) -> AreaCode {
        AreaCode::parse(code).unwrap()
    }

    #[test]
    fn a_code_has_the_digits_of_its_level() {
        for code in ["330102", "330100", "330102001", "330102001003"] {
            assert_eq!(area(code).to_string(), code);
        }
        for code in [
            "",
            "33",
            "3301",
            "33010a",
            "000000",
            "033010",
            "+33010",
            "3301020",
            "３３０１０２",
        ] {
            let refusal = AreaCode::parse(code).unwrap_err();
            assert_eq!(refusal.pointer.as_deref(), Some("/area_code"), "{code}");
        }
        let json = serde_json::to_string(&area("330102")).unwrap();
        assert_eq!(json, "\"330102\"");
        assert_eq!(
            serde_json::from_str::<AreaCode>(&json).unwrap(),
            area("330102")
        );
    }

    #[test]
    fn an_area_holds_what_lies_below_it() {
        let inside = [
            ("330102", "330102"),
            ("330102", "330100"),
            ("330102001", "330102"),
            ("330102001", "330102000"),
            ("330102001003", "330102001"),
            ("330102001003", "330102001000"),
            ("330102", "330000"),
            ("330102001003", "330000000000"),
        ];
        let outside = [
            ("330103", "330102"),
            ("330100", "330102"),
            ("330102", "330102001"),
            ("330102011", "330102001"),
            ("330202", "330100"),
            ("310102", "330000"),
        ];
        let both = inside.map(|pair| (pair, true)).into_iter();
        for ((code, of), expected) in both.chain(outside.map(|pair| (pair, false))) {
            assert_eq!(area(code).is_within(area(of)), expected, "{code} {of}");
            // As the database compares.
            let (first, last) = area(of).span();
            let between = first.as_str() <= code && code <= last.as_str();
            assert_eq!(between, expected, "{code} {of}");
        }
    }
}
