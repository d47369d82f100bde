//! A fault in the text of a rule pack, with its place.

use std::fmt;

use serde::Serialize;

/// A fault in the text of a rule pack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RuleError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, in one sentence.
    pub message: String,
}

impl RuleError {
    /// A fault at a byte offset of `text`.
    pub(super) fn at(text: &str, offset: usize, message: impl Into<String>) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before
                .get(line_start..)
                .map_or(0, |line| line.chars().count())
                + 1,
            message: message.into(),
        }
    }

    /// All faults, one a line.
    pub fn list(errors: &[Self]) -> String {
        errors
            .iter()
            .map(Self::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for RuleError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let text = "a = 1\n标题 = 2\n";
        let error = RuleError::at(text, text.find("= 2").unwrap(), "no");
        assert_eq!((error.line, error.column), (2, 4));
        assert_eq!(error.to_string(), "line 2: no");
        assert_eq!(RuleError::at(text, 0, "no").line, 1);
    }
}
