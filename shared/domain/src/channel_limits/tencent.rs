//! Variables of Tencent Cloud SMS templates (正文模板审核标准, cloud.tencent.com 382/39023). Variables
//! have places instead of names: `{1}`, `{2}` …; every letter, digit, mark and Han character counts as
//! one.

use super::{Misfit, basics, length, only};

/// What an account may put into texts that are no one-time codes. Which of these holds for an account
/// is shown in its console only, on the page that makes templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeVariables {
    /// None at all: the text is fixed.
    Barred,
    /// Variables of up to so many characters.
    UpTo(usize),
}

impl Default for NoticeVariables {
    /// Six characters: what accounts have since 25 January 2024, unless they were given other terms.
    fn default() -> Self {
        Self::UpTo(6)
    }
}

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A one-time code.
    Code,
    /// Anything else we send.
    Notice,
}

/// Longest finished text, signature included, in characters.
pub const MAX_TEXT: usize = 500;
/// Longest one-time code: six digits and nothing else.
const CODE_DIGITS: usize = 6;

/// Whether a value fits a variable of a text with this purpose, in an account with these terms.
///
/// # Errors
/// [`Misfit`].
pub fn check(purpose: Purpose, terms: NoticeVariables, value: &str) -> Result<(), Misfit> {
    match (purpose, terms) {
        (Purpose::Code, _) => {
            basics(value)?;
            only(value, |c| c.is_ascii_digit())?;
            length(value, 1, CODE_DIGITS)
        }
        (Purpose::Notice, NoticeVariables::Barred) => Err(Misfit::NoVariables),
        (Purpose::Notice, NoticeVariables::UpTo(most)) => {
            basics(value)?;
            length(value, 1, most)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_characters_hold_a_short_date_and_not_a_long_one() {
        let check = |value| check(Purpose::Notice, NoticeVariables::default(), value);
        for value in ["6月12日", "17:00", "王先生", "12", "12月31日"] {
            assert_eq!(check(value), Ok(()), "{value}");
        }
        for value in ["6月12日 9:00", "12月31日前", "0571-88880000"] {
            assert_eq!(check(value), Err(Misfit::TooLong), "{value}");
        }
        assert_eq!(check(""), Err(Misfit::Empty));
        assert_eq!(check("【王】"), Err(Misfit::BadCharacters));
        assert_eq!(check("a.cn/b"), Err(Misfit::Link));
    }

    #[test]
    fn an_account_has_its_own_terms() {
        let with = |terms| check(Purpose::Notice, terms, "6月12日 9:00");
        assert_eq!(with(NoticeVariables::UpTo(12)), Ok(()));
        assert_eq!(with(NoticeVariables::Barred), Err(Misfit::NoVariables));
        let short = check(Purpose::Notice, NoticeVariables::Barred, "1");
        assert_eq!(short, Err(Misfit::NoVariables));
    }

    #[test]
    fn a_code_is_digits_whatever_the_terms() {
        for terms in [NoticeVariables::Barred, NoticeVariables::UpTo(40)] {
            let check = |value| check(Purpose::Code, terms, value);
            assert_eq!(check("012345"), Ok(()));
            assert_eq!(check("0123456"), Err(Misfit::TooLong));
            assert_eq!(check("a12345"), Err(Misfit::BadCharacters));
            assert_eq!(check(""), Err(Misfit::Empty));
        }
    }
}
