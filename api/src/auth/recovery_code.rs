//! Codes for the day the authenticator is lost.

use platform::Randomness;

use super::totp::base32;

/// How many are handed out.
const CODES: usize = 10;
/// Random bytes of one: 80 bits, which nobody tries through.
const BYTES: usize = 10;
/// Letters of one, without the hyphens.
const LETTERS: usize = 16;

/// New codes, as they are shown once: `ABCD-EFGH-IJKL-MNOP`.
pub fn new(randomness: &Randomness) -> Vec<String> {
    let code = || {
        let mut bytes = [0; BYTES];
        randomness.fill(&mut bytes);
        let letters: Vec<char> = base32(&bytes).chars().collect();
        let groups: Vec<String> = letters
            .chunks(4)
            .map(|group| group.iter().collect())
            .collect();
        groups.join("-")
    };
    (0..CODES).map(|_| code()).collect()
}

/// The one spelling of what somebody typed; `None` if it is no recovery code.
pub fn read(text: &str) -> Option<String> {
    let letters: String = text
        .chars()
        .filter(|letter| !matches!(letter, '-' | ' '))
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    (letters.len() == LETTERS).then_some(letters)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ten_codes_that_can_be_typed_in_any_way() {
        let codes = new(&Randomness::seeded(1));
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 10);
        for code in &codes {
            assert_eq!(code.len(), 19, "{code}");
            let letters = code.replace('-', "");
            for typed in [code.clone(), code.to_lowercase(), letters.replace('A', "a")] {
                assert_eq!(read(&typed), Some(letters.clone()));
            }
        }
        assert_eq!(read("123456"), None);
    }
}
