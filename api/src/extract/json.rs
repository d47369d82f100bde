//! JSON bodies: bounded, of the right type, without unknown fields.

mod faults;

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::{body::Bounds, json_bounds, objects::Objects};
use crate::{problem::Problem, problem_code::ProblemCode};
use domain::RefusalCode;

/// A body read as `T`, and the fingerprint of the request it came in.
#[derive(Debug, Clone)]
pub struct Json<T> {
    /// The body.
    pub value: T,
    /// SHA-256 of method, path and body: tells a repeated request from another one.
    pub fingerprint: [u8; 32],
}

/// The body of an operation that has none.
#[derive(Debug, Clone, Copy)]
pub struct NoBody;

impl Json<NoBody> {
    /// For operations without a body.
    pub const fn none() -> Self {
        Self {
            value: NoBody,
            fingerprint: [0; 32],
        }
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let head = check_head(request);
        let mut hasher = Sha256::new();
        hasher.update(request.method().as_str());
        hasher.update([0]);
        hasher.update(request.path());
        hasher.update([0]);
        let payload = payload.take();
        Box::pin(async move {
            let body = head?.read(payload).await?;
            hasher.update(&body);
            Ok(Self {
                value: parse(&body)?,
                fingerprint: hasher.finalize().into(),
            })
        })
    }
}

/// Checks the headers; answers the bounds of the body.
pub(super) fn check_head(request: &HttpRequest) -> Result<Bounds, Problem> {
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    if !is_json {
        return Err(Problem::new(
            ProblemCode::UnsupportedMediaType,
            "send the body as content-type application/json",
        ));
    }
    Bounds::of(request)
}

/// Reads a body.
///
/// # Errors
/// `json_too_complex`, `malformed_json`, `unknown_field`, or `invalid_value` with the pointer of the field.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    json_bounds::check(body)?;
    let mut reader = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize(Objects(&mut reader)) {
        Ok(value) => {
            reader
                .end()
                .map_err(|error| faulty(&error, String::new()))?;
            Ok(value)
        }
        Err(error) if error.inner().is_data() => {
            let first = faulty(error.inner(), pointer_of(error.path()));
            Err(faults::all::<T>(body, first))
        }
        Err(error) => Err(faulty(&error.into_inner(), String::new())),
    }
}

/// The problem of a field that serde refused.
fn faulty(error: &serde_json::Error, pointer: String) -> Problem {
    if !error.is_data() {
        let detail = format!(
            "not JSON at line {}, column {}",
            error.line(),
            error.column()
        );
        return Problem::new(ProblemCode::MalformedJson, detail);
    }
    let text = error.to_string();
    // serde_json appends the place, which the pointer says better.
    let message = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(message, _)| message);
    if let Some(name) = named(message, "unknown field `") {
        let detail = format!("the operation knows no field {name:?}");
        return Problem::at(ProblemCode::UnknownField, pointer, detail);
    }
    let invalid = ProblemCode::Refused(RefusalCode::InvalidValue);
    if let Some(name) = named(message, "missing field `") {
        return Problem::at(
            invalid,
            format!("{pointer}/{}", escape(name)),
            "this field is required",
        );
    }
    Problem::at(invalid, pointer, message.to_owned())
}

/// The field that serde's message names after `prefix`.
fn named<'m>(message: &'m str, prefix: &str) -> Option<&'m str> {
    let rest = message.strip_prefix(prefix)?;
    rest.split_once('`').map(|(name, _)| name)
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |mut pointer, segment| {
        match segment {
            Segment::Seq { index } => {
                pointer.push('/');
                pointer.push_str(&index.to_string());
            }
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&escape(key));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
        pointer
    })
}

/// RFC 6901 §3.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only read in")]
        decision: Inner,
        #[expect(dead_code, reason = "only read in")]
        ids: Vec<u8>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only read in")]
        issued_on: chrono::NaiveDate,
    }

    #[test]
    fn every_fault_names_its_code_and_field() {
        let date = r#""issued_on":"2026-01-01""#;
        for (body, code, pointer) in [
            ("{", "malformed_json", None),
            ("", "malformed_json", None),
            (
                &*format!(r#"{{"decision":{{{date}}},"ids":[]}} x"#),
                "malformed_json",
                None,
            ),
            (r#"{"ids":[]}"#, "invalid_value", Some("/decision")),
            (r#" [["2026-01-01"],[]]"#, "invalid_value", Some("")),
            ("[", "malformed_json", None),
            (
                r#"{"decision":["2026-01-01"],"ids":[]}"#,
                "invalid_value",
                Some("/decision"),
            ),
            (
                r#"{"decision":{},"ids":[]}"#,
                "invalid_value",
                Some("/decision/issued_on"),
            ),
            (
                r#"{"decision":{"issued_on":"2026-02-30"},"ids":[]}"#,
                "invalid_value",
                Some("/decision/issued_on"),
            ),
            (
                &*format!(r#"{{"decision":{{{date}}},"ids":[1,"x"]}}"#),
                "invalid_value",
                Some("/ids/1"),
            ),
            (
                &*format!(r#"{{"decision":{{{date},"a/b":1}},"ids":[]}}"#),
                "unknown_field",
                Some("/decision/a~1b"),
            ),
            (
                &*format!(r#"{{"decision":{{{date}}},"ids":[],"id":1}}"#),
                "unknown_field",
                Some("/id"),
            ),
        ] {
            let problem = parse::<Outer>(body.as_bytes()).unwrap_err();
            assert_eq!(problem.code().as_str(), code, "{body}");
            assert_eq!(problem.pointer(), pointer, "{body}");
        }
    }
}
