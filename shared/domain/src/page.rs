//! Keyset pages: the size of a page, and the cursor that says where the next one begins.
//!
//! A cursor is opaque to callers, bound to the list and the filters it came from, and checked
//! against damage. It is no secret and grants nothing: every page is scoped by the query itself. Its
//! keys are readable by whoever holds it, so a list is never sorted by personal data.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Refusal, RefusalCode};

/// One value of the list's sort order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortKey {
    /// A number, a date as days, or an instant as microseconds.
    Int(i64),
    /// A code or a word. Not personal data.
    Text(String),
}

/// The last row of a page: its sort values, and its id to break ties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// In the order of the list's sort columns.
    pub sort: Vec<SortKey>,
    /// The row.
    pub id: Uuid,
}

/// What a cursor belongs to.
#[derive(Debug, Clone, Copy)]
pub struct ListScope<'a> {
    /// The list's operation id.
    pub list: &'a str,
    /// The filters in effect, by name, in a fixed order; absent ones left out.
    pub filters: &'a [(&'a str, &'a str)],
}

const VERSION: u8 = 1;
const CHECK: usize = 8;
/// Far above any real cursor; longer ones are refused unread.
const MAX_TEXT: usize = 1024;

impl Cursor {
    /// The cursor as URL-safe text.
    pub fn encode(&self, scope: &ListScope<'_>) -> String {
        let mut payload = vec![VERSION];
        for key in &self.sort {
            match key {
                SortKey::Int(number) => {
                    payload.push(b'i');
                    payload.extend(number.to_be_bytes());
                }
                SortKey::Text(text) => {
                    payload.push(b't');
                    payload.extend(length(text.as_bytes()));
                    payload.extend(text.as_bytes());
                }
            }
        }
        payload.push(b'.');
        payload.extend(self.id.as_bytes());
        let check = checksum(scope, &payload);
        payload.extend(check);
        to_hex(&payload)
    }

    /// Reads a cursor that [`encode`](Self::encode) made for the same list and filters.
    ///
    /// # Errors
    /// `invalid_value` at `/cursor` if it is damaged, made up, or from another list or filter.
    pub fn decode(text: &str, scope: &ListScope<'_>) -> Result<Self, Refusal> {
        read(text, scope).ok_or_else(|| {
            Refusal::at(
                RefusalCode::InvalidValue,
                "/cursor",
                "not a cursor of this list with these filters; begin again without one",
            )
        })
    }
}

fn read(text: &str, scope: &ListScope<'_>) -> Option<Cursor> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let bytes = from_hex(text)?;
    let (payload, check) = bytes.split_at_checked(bytes.len().checked_sub(CHECK)?)?;
    if checksum(scope, payload) != check {
        return None;
    }
    let (&version, mut rest) = payload.split_first()?;
    if version != VERSION {
        return None;
    }
    let mut sort = Vec::new();
    loop {
        let (&tag, after) = rest.split_first()?;
        match tag {
            b'i' => {
                let (number, tail) = after.split_first_chunk::<8>()?;
                sort.push(SortKey::Int(i64::from_be_bytes(*number)));
                rest = tail;
            }
            b't' => {
                let (size, tail) = after.split_first_chunk::<4>()?;
                let size = usize::try_from(u32::from_be_bytes(*size)).ok()?;
                let (text, tail) = tail.split_at_checked(size)?;
                sort.push(SortKey::Text(String::from_utf8(text.to_vec()).ok()?));
                rest = tail;
            }
            b'.' => {
                return Some(Cursor {
                    sort,
                    id: Uuid::from_slice(after).ok()?,
                });
            }
            _ => return None,
        }
    }
}

/// A truncated SHA-256 over everything the cursor is bound to. Not keyed: forging a cursor gains
/// nothing that a query parameter would not.
fn checksum(scope: &ListScope<'_>, payload: &[u8]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    let filters = scope
        .filters
        .iter()
        .flat_map(|(name, value)| [*name, *value]);
    for part in [scope.list].into_iter().chain(filters) {
        hasher.update(length(part.as_bytes()));
        hasher.update(part);
    }
    hasher.update(length(payload));
    hasher.update(payload);
    hasher.finalize().iter().copied().take(CHECK).collect()
}

fn length(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xF])
        .filter_map(|nibble| char::from_digit(u32::from(nibble), 16))
        .collect()
}

/// Lower case only, so that a cursor has one spelling.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.chars().any(|c| !matches!(c, '0'..='9' | 'a'..='f')) {
        return None;
    }
    let nibbles: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    nibbles
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high << 4 | low).ok(),
            _ => None,
        })
        .collect()
}

/// How many items a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u8);

impl Limit {
    /// The most a caller may ask for.
    pub const MAX: u8 = 100;

    /// The limit a caller asked for; 20 without one.
    ///
    /// # Errors
    /// `invalid_value` at `/limit` outside 1–100.
    pub fn new(asked: Option<i64>) -> Result<Self, Refusal> {
        let Some(asked) = asked else {
            return Ok(Self::default());
        };
        u8::try_from(asked)
            .ok()
            .filter(|limit| (1..=Self::MAX).contains(limit))
            .map(Self)
            .ok_or_else(|| {
                Refusal::at(
                    RefusalCode::InvalidValue,
                    "/limit",
                    "a page has 1 to 100 items",
                )
            })
    }

    /// Items on a page.
    pub fn get(self) -> usize {
        usize::from(self.0)
    }

    /// Rows to ask the database for: one more than the page, to know whether another follows.
    pub fn rows_to_fetch(self) -> i64 {
        i64::from(self.0) + 1
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SCOPE: ListScope<'_> = ListScope {
        list: "list_cases",
        filters: &[("status", "active"), ("office_id", "7")],
    };

    fn cursor() -> Cursor {
        Cursor {
            sort: vec![SortKey::Int(-5), SortKey::Text("开·a".to_owned())],
            id: Uuid::from_u128(0x0123_4567_89ab_cdef),
        }
    }

    fn refused(text: &str, scope: &ListScope<'_>) -> bool {
        Cursor::decode(text, scope).is_err_and(|refusal| {
            refusal.code == RefusalCode::InvalidValue
                && refusal.pointer.as_deref() == Some("/cursor")
        })
    }

    #[test]
    fn a_changed_cursor_is_refused() {
        let text = cursor().encode(&SCOPE);
        for at in 0..text.len() {
            let mut wrong = text.clone();
            let old = &text[at..=at];
            wrong.replace_range(at..=at, if old == "0" { "1" } else { "0" });
            assert!(refused(&wrong, &SCOPE), "changed at {at}");
            assert!(refused(&text[..at], &SCOPE), "cut at {at}");
        }
        for made_up in ["", "zz", "0", "é", &text.to_uppercase(), &"0".repeat(5000)] {
            assert!(refused(made_up, &SCOPE), "{made_up}");
        }
    }

    #[test]
    fn a_cursor_of_another_list_or_filter_is_refused() {
        let text = cursor().encode(&SCOPE);
        assert!(refused(
            &text,
            &ListScope {
                list: "list_clients",
                ..SCOPE
            }
        ));
        assert!(refused(
            &text,
            &ListScope {
                filters: &[],
                ..SCOPE
            }
        ));
        let other = [("status", "referred"), ("office_id", "7")];
        assert!(refused(
            &text,
            &ListScope {
                filters: &other,
                ..SCOPE
            }
        ));
        let shifted = [("statusa", "ctive"), ("office_id", "7")];
        assert!(refused(
            &text,
            &ListScope {
                filters: &shifted,
                ..SCOPE
            }
        ));
    }

    fn sort_key() -> impl Strategy<Value = SortKey> {
        prop_oneof![
            any::<i64>().prop_map(SortKey::Int),
            ".{0,20}".prop_map(|text| SortKey::Text(text.chars().collect())),
        ]
    }

    proptest! {
        #[test]
        fn a_cursor_reads_back(
            sort in prop::collection::vec(sort_key(), 0..4),
            id in any::<u128>(),
        ) {
            let cursor = Cursor { sort, id: Uuid::from_u128(id) };
            let text = cursor.encode(&SCOPE);
            prop_assert!(text.chars().all(|c| c.is_ascii_alphanumeric()));
            prop_assert_eq!(Cursor::decode(&text, &SCOPE), Ok(cursor));
        }
    }

    #[test]
    fn limits_are_bounded() {
        assert_eq!(Limit::new(None).unwrap().get(), 20);
        assert_eq!(Limit::new(Some(1)).unwrap().get(), 1);
        assert_eq!(Limit::new(Some(100)).unwrap().rows_to_fetch(), 101);
        for wrong in [0, -1, 101, 256, 257, i64::MAX, i64::MIN] {
            let refusal = Limit::new(Some(wrong)).unwrap_err();
            assert_eq!(refusal.pointer.as_deref(), Some("/limit"), "{wrong}");
        }
    }
}
