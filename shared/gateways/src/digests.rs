//! SHA-256 and its HMAC, as the vendors' signatures use them.

use std::fmt::Write as _;

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac::{HMAC_SHA256, Key, Tag, sign},
};

/// Small hexadecimal digits.
pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The SHA-256 of `data`, in [`hex`].
pub(crate) fn sha256_hex(data: &[u8]) -> String {
    hex(digest(&SHA256, data))
}

/// The HMAC-SHA-256 of `data`.
pub(crate) fn hmac_sha256(key: &[u8], data: &[u8]) -> Tag {
    sign(&Key::new(HMAC_SHA256, key), data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors() {
        // FIPS 180-2, B.1, and RFC 4231, 4.3.
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(
            hex(hmac_sha256(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
