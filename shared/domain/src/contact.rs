//! Phone numbers, identity numbers and names: parsed once, normalised, masked for display.
//!
//! These are personal data: their `Debug` never shows them, and they have no `Display`.

mod id_number;
mod name;
mod phone;

pub use id_number::IdNumber;
pub(crate) use name::is_han;
pub use name::{client_name, mask_name, salutation};
pub use phone::{OfficePhone, Phone};

/// Keeps the first and last characters and stars the rest. ASCII only.
fn masked(text: &str, head: usize, tail: usize) -> String {
    let hidden = text.len().saturating_sub(head + tail);
    let first: String = text.chars().take(head).collect();
    let last: String = text.chars().skip(head + hidden).collect();
    format!("{first}{}{last}", "*".repeat(hidden))
}

/// Half-width, without spaces, dashes and brackets.
fn compact(text: &str) -> String {
    text.chars()
        .map(crate::wording::half_width)
        .filter(|c| !c.is_whitespace() && !crate::wording::is_invisible(*c))
        .filter(|c| !matches!(c, '-' | '(' | ')' | '‐' | '‑' | '–' | '—'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_personal_is_shown() {
        let phone = Phone::parse("13800138000").unwrap();
        assert_eq!(phone.masked(), "138****8000");
        assert_eq!(format!("{phone:?}"), "Phone(…)");
        let id = IdNumber::parse("11010519491231002X").unwrap();
        assert_eq!(id.masked(), "110***********002X");
        assert_eq!(format!("{id:?}"), "IdNumber(…)");
        assert_eq!(mask_name("王小明"), "王*");
        assert_eq!(mask_name("欧阳明"), "欧阳*");
        assert_eq!(mask_name("阿依古丽·买买提"), "阿*");
    }
}
