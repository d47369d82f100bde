//! What vendors let the variables of a template hold, as checks to make before a message is handed
//! over: what a vendor refuses costs an attempt, and on some channels the right to send.

pub mod aliyun;
pub mod tencent;
pub mod wechat;

use crate::{
    coded,
    wording::{self, FindingKind, WordList},
};

coded! {
    /// Why a value does not fit its variable. It names the rule and never the value.
    Misfit {
        /// Nothing, or blanks only.
        Empty = "empty",
        /// Less than the rule wants.
        TooShort = "too_short",
        /// More than the rule lets in.
        TooLong = "too_long",
        /// A character, or an order of them, that the rule does not let in.
        BadCharacters = "bad_characters",
        /// A link or a part of one.
        Link = "link",
        /// A telephone number or other address where the rule forbids them.
        ContactAddress = "contact_address",
        /// The account may use no variables in a text of this kind.
        NoVariables = "no_variables",
        /// The name of the variable says no rule that is known.
        UnknownRule = "unknown_rule",
    }
}

/// What no vendor lets into a variable: nothing, signs of a signature, characters that cannot be
/// seen, links.
fn basics(value: &str) -> Result<(), Misfit> {
    if value.trim().is_empty() {
        return Err(Misfit::Empty);
    }
    let forbidden =
        |c: char| c.is_control() || wording::is_invisible(c) || matches!(c, '【' | '】');
    if value.chars().any(forbidden) {
        return Err(Misfit::BadCharacters);
    }
    let findings = wording::lint(value, WordList::shipped());
    if findings.iter().any(|one| one.kind == FindingKind::Link) {
        return Err(Misfit::Link);
    }
    Ok(())
}

/// Characters as the vendors count them: each letter, digit, mark and Han character is one.
fn length(value: &str, least: usize, most: usize) -> Result<(), Misfit> {
    match value.chars().count() {
        count if count < least => Err(Misfit::TooShort),
        count if count > most => Err(Misfit::TooLong),
        _ => Ok(()),
    }
}

/// Whether every character is of the kind wanted.
fn only(value: &str, wanted: impl Fn(char) -> bool) -> Result<(), Misfit> {
    if value.chars().all(wanted) {
        Ok(())
    } else {
        Err(Misfit::BadCharacters)
    }
}
