//! Time-based one-time passwords (RFC 6238): SHA-1, six digits, steps of 30 seconds, as every
//! authenticator app knows them. SHA-1 is sound inside HMAC.

use std::fmt;

use aws_lc_rs::{constant_time, hmac};
use chrono::{DateTime, Utc};
use platform::Randomness;

/// RFC 4226 §4 R6 recommends 160 bits.
const SECRET: usize = 20;
/// Seconds of a step.
const STEP: i64 = 30;
/// The alphabet of RFC 4648 §6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The secret that an authenticator and we share.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret(Vec<u8>);

impl TotpSecret {
    /// A new one.
    pub fn new(randomness: &Randomness) -> Self {
        let mut bytes = vec![0; SECRET];
        randomness.fill(&mut bytes);
        Self(bytes)
    }

    /// As it is typed and stored: base32.
    pub fn encode(&self) -> String {
        base32(&self.0)
    }

    /// Reads what [`Self::encode`] wrote.
    pub fn decode(text: &str) -> Option<Self> {
        let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
        for letter in text.bytes() {
            let value = BASE32.iter().position(|known| *known == letter)?;
            held = (held << 5) | u32::try_from(value).ok()?;
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes.push(u8::try_from((held >> bits) & 0xFF).ok()?);
            }
        }
        Some(Self(bytes))
    }

    /// The code of one step.
    pub fn code_at(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        // RFC 4226 §5.3: four bytes from where the last one's low half points to.
        let bytes = tag.as_ref();
        let offset = usize::from(bytes.last().copied().unwrap_or(0) & 0xF);
        let number = bytes
            .iter()
            .skip(offset)
            .take(4)
            .fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
        format!("{:06}", (number & 0x7FFF_FFFF) % 1_000_000)
    }

    /// The step whose code this is: that of `now` (UTC), the one before or the one after.
    pub fn step_of(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        let current = step_at(now);
        let fits = |step: &i64| {
            let expected = self.code_at(*step);
            constant_time::verify_slices_are_equal(expected.as_bytes(), code.as_bytes()).is_ok()
        };
        [current, current - 1, current + 1].into_iter().find(fits)
    }

    /// What an authenticator reads from the picture (Key Uri Format). A username has no character
    /// that needs escaping but `@`.
    pub fn url(&self, issuer: &str, username: &str) -> String {
        let account = username.replace('@', "%40");
        let secret = self.encode();
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}\
             &algorithm=SHA1&digits=6&period={STEP}"
        )
    }
}

/// The step that `now` (UTC) lies in.
pub fn step_at(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(STEP)
}

/// Shows no secret.
impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret")
    }
}

/// Base32 without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    let (mut text, mut held, mut bits) = (String::new(), 0_u32, 0);
    let mut push = |five: u32| {
        let letter = usize::try_from(five & 31)
            .ok()
            .and_then(|at| BASE32.get(at));
        text.extend(letter.map(|letter| char::from(*letter)));
    };
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            push(held >> bits);
        }
    }
    if bits > 0 {
        push(held << (5 - bits));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 Appendix B, the last six of its eight digits.
    #[test]
    fn the_rfcs_codes() {
        let secret = TotpSecret(b"12345678901234567890".to_vec());
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = DateTime::from_timestamp(seconds, 0).unwrap();
            assert_eq!(secret.code_at(step_at(now)), code);
            assert_eq!(secret.step_of(code, now), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_is_good_a_step_early_or_late_and_no_longer() {
        let secret = TotpSecret::new(&Randomness::seeded(1));
        let now = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        let step = step_at(now);
        for (other, good) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let code = secret.code_at(step + other);
            assert_eq!(secret.step_of(&code, now).is_some(), good, "{other}");
        }
        for code in ["", "12345", "1234567", "abcdef"] {
            assert_eq!(secret.step_of(code, now), None);
        }
    }

    #[test]
    fn a_secret_reads_back() {
        // RFC 4648 §10.
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(TotpSecret::decode("MZXW6YTBOI").unwrap().0, b"foobar");
        let secret = TotpSecret::new(&Randomness::seeded(1));
        assert_eq!(secret.encode().len(), 32);
        assert_eq!(TotpSecret::decode(&secret.encode()), Some(secret.clone()));
        assert_eq!(TotpSecret::decode("a b"), None);
        let url = secret.url("Tongxing", "li.na@east");
        assert!(
            url.starts_with("otpauth://totp/Tongxing:li.na%40east?secret="),
            "{url}"
        );
    }
}
