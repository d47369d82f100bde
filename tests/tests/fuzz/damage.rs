//! Input of three kinds: an input of the corpus with some damage, text, and noise.

use proptest::{collection::vec, prelude::*, sample::Index};

/// What readers look for, and what they might stumble over.
const TOKENS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"true",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"0",
    b"\0",
    b"\r\n",
    b"\n",
    b"=",
    b".",
    b",",
    b"v1,",
    b"{name}",
    b"[[",
    b"]]",
    b"'''",
    b"\"\"\"",
    b"2026-02-30",
    b"9999-12-31",
    b"+262142-12-31",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xe2\x80\xae",
    b"\xe3\x80\x90",
    "戒毒".as_bytes(),
    "１３８".as_bytes(),
    b"eyJhbGciOiJub25lIn0.",
    b"P",
    b"T",
    b"1000000",
    b"/../",
    b"%00",
];

/// One change to an input.
#[derive(Debug, Clone)]
enum Damage {
    Flip(Index, u8),
    Cut(Index, Index),
    Repeat(Index, Index, u8),
    Insert(Index, &'static [u8]),
    Replace(Index, &'static [u8]),
    Splice(Index, Index),
    Nest(Index, u16),
}

/// Inputs for a reader with this corpus.
pub fn input(corpus: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let damaged = (any::<Index>(), vec(damage(), 0..6)).prop_map(move |(which, damages)| {
        let mut bytes = which.get(&corpus).clone();
        for one in damages {
            one.apply(&mut bytes, &corpus);
        }
        bytes
    });
    prop_oneof![
        8 => damaged,
        1 => any::<String>().prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..256),
    ]
}

fn damage() -> impl Strategy<Value = Damage> {
    let token = || prop::sample::select(TOKENS);
    let at = any::<Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, mask)| Damage::Flip(at, mask)),
        (at(), at()).prop_map(|(from, to)| Damage::Cut(from, to)),
        (at(), at(), 1..8_u8).prop_map(|(from, to, times)| Damage::Repeat(from, to, times)),
        (at(), token()).prop_map(|(at, token)| Damage::Insert(at, token)),
        (at(), token()).prop_map(|(at, token)| Damage::Replace(at, token)),
        (at(), at()).prop_map(|(at, other)| Damage::Splice(at, other)),
        (at(), 1..2_000_u16).prop_map(|(at, depth)| Damage::Nest(at, depth)),
    ]
}

impl Damage {
    fn apply(self, bytes: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let end = bytes.len() + 1;
        let range = |one: Index, other: Index| {
            let (one, other) = (one.index(end), other.index(end));
            one.min(other)..one.max(other)
        };
        match self {
            Self::Flip(at, mask) => {
                if let Some(byte) = bytes.get_mut(at.index(end)) {
                    *byte ^= mask;
                }
            }
            Self::Cut(from, to) => drop(bytes.drain(range(from, to))),
            Self::Repeat(from, to, times) => {
                let range = range(from, to);
                let end = range.end;
                let part: Vec<u8> = bytes.drain(range).collect();
                let at = end - part.len();
                bytes.splice(at..at, part.repeat(usize::from(times) + 1));
            }
            Self::Insert(at, token) => {
                let at = at.index(end);
                bytes.splice(at..at, token.iter().copied());
            }
            Self::Replace(at, token) => {
                let from = at.index(end);
                let to = (from + token.len()).min(bytes.len());
                bytes.splice(from..to, token.iter().copied());
            }
            Self::Splice(at, other) => {
                let other = other.get(corpus);
                bytes.truncate(at.index(end));
                bytes.extend(other.iter().skip(at.index(other.len() + 1)));
            }
            Self::Nest(at, depth) => {
                let at = at.index(end);
                bytes.splice(at..at, b"[".repeat(usize::from(depth)));
            }
        }
    }
}
