//! What a new password has to be: long and not guessed first (NIST SP 800-63B-4 §3.1.1.2, OWASP
//! ASVS 5.0 chapter 6.2). No rules of composition beyond it, except where 等保三级 asks for them.

mod walk;

use chrono::TimeDelta;

use crate::{Refusal, RefusalCode};

/// Shortest password, in characters.
const SHORTEST: usize = 12;
/// Longest password, in characters.
const LONGEST: usize = 128;
/// Kinds of character that 等保三级 asks for, of four.
const KINDS: usize = 3;

/// Passwords that are guessed first, in small letters, one a line.
const COMMON: &str = include_str!("../passwords/common.txt");

/// Which rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Length and guessability.
    Standard,
    /// 等保三级 (GB/T 22239-2019 §8.1.4.1): complexity and regular change on top.
    Level3,
}

impl Profile {
    /// How long a password may be used.
    pub const fn longest_use(self) -> Option<TimeDelta> {
        match self {
            Self::Standard => None,
            Self::Level3 => Some(TimeDelta::days(90)),
        }
    }
}

/// Checks a new password. `own` are words that name its user: username, office, agency.
///
/// # Errors
/// `password_refused` at `pointer`, with what is wrong.
pub fn check(password: &str, profile: Profile, own: &[&str], pointer: &str) -> Result<(), Refusal> {
    fault(password, profile, own).map_or(Ok(()), |fault| {
        Err(Refusal::at(RefusalCode::PasswordRefused, pointer, fault))
    })
}

fn fault(password: &str, profile: Profile, own: &[&str]) -> Option<&'static str> {
    let folded = password.to_lowercase();
    let characters: Vec<char> = folded.chars().collect();
    let names_its_user = |word: &&str| {
        let word = word.trim().to_lowercase();
        word.chars().count() >= 2 && folded.contains(&word)
    };
    if !(SHORTEST..=LONGEST).contains(&password.chars().count()) {
        Some("a password has 12 to 128 characters")
    } else if own.iter().any(names_its_user) {
        Some("a password does not contain the username or the name of office or agency")
    } else if COMMON.lines().any(|common| common == folded) {
        Some("this password is among those that are guessed first")
    } else if walk::repeats(&characters) || walk::is_made_of_walks(&characters) {
        Some("a password is more than a repetition or a row of keys")
    } else if profile == Profile::Level3 && kinds(password) < KINDS {
        Some("a password has three of: small letters, capitals, digits, other characters")
    } else {
        None
    }
}

fn kinds(password: &str) -> usize {
    let has = |kind: fn(char) -> bool| usize::from(password.chars().any(kind));
    has(|letter| letter.is_ascii_lowercase())
        + has(|letter| letter.is_ascii_uppercase())
        + has(|letter| letter.is_ascii_digit())
        + has(|letter| !letter.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [&str; 3] = ["li.na", "城东服务站", "东山县"];

    fn refused(password: &str, profile: Profile) -> bool {
        match check(password, profile, &OWN, "/password") {
            Ok(()) => false,
            Err(refusal) => {
                assert_eq!(refusal.code, RefusalCode::PasswordRefused);
                assert_eq!(refusal.pointer.as_deref(), Some("/password"));
                true
            }
        }
    }

    #[test]
    fn long_and_unguessed_is_enough() {
        for password in [
            "correct horse battery",
            "another long password",
            "一个足够长的密码就这样写",
            "mhtz kfwp cdrv",
        ] {
            assert!(!refused(password, Profile::Standard), "{password}");
        }
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for password in [
            "",
            "short",
            &"长".repeat(129),
            "xxLI.NAxx-2026",
            "东山县-fk3-mq8-xw",
            "Password1234",
            "woaini1314520",
            "WoAiNi1314520",
            "1qaz2wsx3edc",
            "qwertyuiop123",
            "abcabcabcabc",
            "aaaaaaaaaaaaaaa",
            "123456789012",
            "zyxwvutsrqponm",
        ] {
            assert!(refused(password, Profile::Standard), "{password}");
        }
    }

    #[test]
    fn the_third_level_asks_for_three_kinds_of_character_and_a_change_each_quarter() {
        assert!(
            refused("correct horse battery", Profile::Level3)
                != refused("Correct horse battery", Profile::Level3)
        );
        assert!(refused("correcthorsebattery7", Profile::Level3));
        assert_eq!(Profile::Standard.longest_use(), None);
        assert_eq!(Profile::Level3.longest_use(), Some(TimeDelta::days(90)));
    }

    #[test]
    fn the_list_is_in_the_form_it_is_looked_up_in() {
        assert!(COMMON.lines().count() > 3000);
        for line in COMMON.lines() {
            assert_eq!(line, line.to_lowercase().trim());
            assert!(
                line.chars().count() >= SHORTEST,
                "{line} is refused as too short"
            );
        }
    }
}
