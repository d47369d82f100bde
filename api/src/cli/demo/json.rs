//! Reading answers.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::error::DemoError;

/// The text at a JSON pointer.
pub fn text<'v>(value: &'v Value, pointer: &str) -> Result<&'v str, DemoError> {
    let found = value.pointer(pointer);
    found
        .and_then(Value::as_str)
        .ok_or_else(|| missing("a text", pointer, found))
}

/// The number at a JSON pointer.
pub fn number(value: &Value, pointer: &str) -> Result<i64, DemoError> {
    let found = value.pointer(pointer);
    found
        .and_then(Value::as_i64)
        .ok_or_else(|| missing("a number", pointer, found))
}

/// The list at a JSON pointer.
pub fn list<'v>(value: &'v Value, pointer: &str) -> Result<&'v [Value], DemoError> {
    let found = value.pointer(pointer);
    found
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .ok_or_else(|| missing("a list", pointer, found))
}

/// The local date at a JSON pointer.
pub fn date(value: &Value, pointer: &str) -> Result<NaiveDate, DemoError> {
    let text = text(value, pointer)?;
    text.parse()
        .map_err(|_unreadable| missing("a date", pointer, value.pointer(pointer)))
}

/// The instant at a JSON pointer (UTC).
pub fn instant(value: &Value, pointer: &str) -> Result<DateTime<Utc>, DemoError> {
    let text = text(value, pointer)?;
    text.parse()
        .map_err(|_unreadable| missing("an instant", pointer, value.pointer(pointer)))
}

fn missing(what: &str, pointer: &str, found: Option<&Value>) -> DemoError {
    DemoError::Otherwise {
        expected: format!("{what} at {pointer} of an answer"),
        found: found.map_or_else(|| "nothing".to_owned(), Value::to_string),
    }
}
