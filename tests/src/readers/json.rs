//! Bodies of requests, and cursors.

use api::{
    extract::json,
    views::{
        cases::{RegisterCase, ReportInCase},
        clients::{RegisterClient, UpdateClient},
        covers::CreateCover,
        offices::CreateOffice,
        staff::{CreateStaff, UpdateStaff},
        test_records::RecordTest,
    },
};
use domain::page::{Cursor, ListScope, SortKey};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::text;

/// A body that is refused is refused by one of four codes, each fault with a pointer.
pub fn json_body(bytes: &[u8]) {
    one::<CreateOffice>(bytes);
    one::<CreateStaff>(bytes);
    one::<UpdateStaff>(bytes);
    one::<CreateCover>(bytes);
    one::<RegisterClient>(bytes);
    one::<UpdateClient>(bytes);
    one::<RegisterCase>(bytes);
    one::<ReportInCase>(bytes);
    one::<RecordTest>(bytes);
}

fn one<T: DeserializeOwned>(bytes: &[u8]) {
    match json::parse::<T>(bytes) {
        Ok(_) => {
            // What is taken is JSON, by a reader that knows nothing of our types.
            serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
        }
        Err(problem) => {
            let code = problem.code().as_str();
            let known = [
                "malformed_json",
                "unknown_field",
                "invalid_value",
                "json_too_complex",
            ];
            assert!(known.contains(&code), "{code}");
            let pointer = problem.pointer();
            assert!(
                pointer.is_none_or(|it| it.is_empty() || it.starts_with('/')),
                "{pointer:?}"
            );
        }
    }
}

/// What is made up is refused; what was given out comes back as it was, and not with one byte changed.
pub fn cursor(bytes: &[u8]) {
    let scope = ListScope {
        list: "list_cases",
        filters: &[("status", "active")],
    };
    if let Ok(cursor) = Cursor::decode(&text(bytes), &scope) {
        let again = Cursor::decode(&cursor.encode(&scope), &scope);
        assert_eq!(again.unwrap(), cursor);
    }
    let cursor = Cursor {
        sort: bytes
            .chunks(24)
            .take(4)
            .map(|part| match <[u8; 8]>::try_from(part) {
                Ok(number) => SortKey::Int(i64::from_be_bytes(number)),
                Err(_) => SortKey::Text(text(part)),
            })
            .collect(),
        id: Uuid::from_u128(7),
    };
    let given = cursor.encode(&scope);
    assert_eq!(Cursor::decode(&given, &scope).unwrap(), cursor);
    let place = bytes.first().map_or(0, |&byte| usize::from(byte)) % given.len();
    let mut changed = given.into_bytes();
    changed[place] = if changed[place] == b'0' { b'1' } else { b'0' };
    let changed = String::from_utf8(changed).unwrap();
    assert!(Cursor::decode(&changed, &scope).is_err(), "{changed}");
}
