//! Short texts that people type: trimmed, bounded, on one line.

use domain::{Refusal, RefusalCode};

/// A text that must say something.
///
/// # Errors
/// `invalid_value` at `pointer` unless it has 1 to `max` characters and no control characters.
pub fn line(text: &str, pointer: &str, max: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if (1..=max).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    let detail = format!("1 to {max} characters, without line breaks");
    Err(Refusal::at(RefusalCode::InvalidValue, pointer, detail))
}

/// A note of several lines that must say something.
///
/// # Errors
/// `invalid_value` at `pointer` unless it has 1 to `max` characters and no control characters
/// besides line breaks.
pub fn note(text: &str, pointer: &str, max: usize) -> Result<String, Refusal> {
    let text = text.trim();
    let plain = text.chars().all(|c| c == '\n' || !c.is_control());
    if (1..=max).contains(&text.chars().count()) && plain {
        return Ok(text.to_owned());
    }
    let detail = format!("1 to {max} characters");
    Err(Refusal::at(RefusalCode::InvalidValue, pointer, detail))
}

/// Why a person did something, in at most 2,000 characters, at `/reason`.
///
/// # Errors
/// `invalid_value` at `/reason`.
pub fn reason(text: &str) -> Result<String, Refusal> {
    note(text, "/reason", 2_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims_and_bounds() {
        assert_eq!(
            line(" 拱公(社)字 1 号 ", "/no", 20).unwrap(),
            "拱公(社)字 1 号"
        );
        assert_eq!(
            line("", "/no", 20).unwrap_err().pointer.as_deref(),
            Some("/no")
        );
        assert!(line("a\nb", "/no", 20).is_err());
        assert!(line("abc", "/no", 2).is_err());
        assert_eq!(note("a\nb ", "/n", 3).unwrap(), "a\nb");
        assert!(note("a\u{7}b", "/n", 9).is_err());
        assert_eq!(reason("  ").unwrap_err().code, RefusalCode::InvalidValue);
    }
}
