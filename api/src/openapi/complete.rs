//! What the table of operations adds to the document: security, headers, and every problem an
//! operation can answer.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{BEARER, INTEGRATOR};
use crate::{
    operations::{self, Access, Method, Operation},
    problem,
    problem_code::ProblemCode,
};

/// Completes the description of every operation.
pub(super) fn complete(document: &mut Value) {
    for operation in operations::ALL {
        let method = operation.method.as_str().to_ascii_lowercase();
        let described = document
            .get_mut("paths")
            .and_then(|paths| paths.get_mut(operation.path))
            .and_then(|path| path.get_mut(method.as_str()))
            .and_then(Value::as_object_mut);
        if let Some(described) = described {
            describe(described, operation);
        }
    }
    let codes: Vec<&str> = ProblemCode::all().map(ProblemCode::as_str).collect();
    let code = document.pointer_mut("/components/schemas/ProblemBody/properties/code");
    if let Some(code) = code.and_then(Value::as_object_mut) {
        code.insert("enum".to_owned(), json!(codes));
    }
}

fn describe(described: &mut Map<String, Value>, operation: &Operation) {
    if matches!(operation.access, Access::Staff(_) | Access::Client) {
        let security = match operation.scope() {
            Some(scope) => json!([{ BEARER: [] }, { INTEGRATOR: [scope] }]),
            None => json!([{ BEARER: [] }]),
        };
        described.insert("security".to_owned(), security);
    }
    let headers = headers(operation);
    if !headers.is_empty() {
        let parameters = described.entry("parameters").or_insert_with(|| json!([]));
        if let Some(parameters) = parameters.as_array_mut() {
            parameters.extend(headers);
        }
    }
    let responses = described.entry("responses").or_insert_with(|| json!({}));
    let Some(responses) = responses.as_object_mut() else {
        return;
    };
    let mut by_status: BTreeMap<u16, Vec<ProblemCode>> = BTreeMap::new();
    for code in operation.problems() {
        by_status
            .entry(code.status().as_u16())
            .or_default()
            .push(code);
    }
    for (status, codes) in by_status {
        responses.insert(status.to_string(), response(&codes));
    }
}

fn headers(operation: &Operation) -> Vec<Value> {
    let header = |name: &str, description: &str, example: &str| {
        json!({
            "name": name, "in": "header", "required": false, "description": description,
            "schema": { "type": "string" }, "example": example,
        })
    };
    let mut headers = Vec::new();
    if operation.takes_idempotency_key() {
        headers.push(header(
            "Idempotency-Key",
            "Send the same key with a repeated request to get the first answer again. Kept 24 hours.",
            "5b2c6f0e-1c34-4a0e-9d0a-5d3f6f1f6a10",
        ));
    }
    if operation.problems().contains(&ProblemCode::StaleVersion) {
        headers.push(header(
            "If-Match",
            "The `ETag` you read. If it has changed meanwhile, nothing is done (412).",
            "\"3\"",
        ));
    }
    if !matches!(operation.method, Method::Get) || operation.is_audited() {
        headers.push(header(
            "X-Request-Id",
            "Your id of the request: 1 to 64 of A-Z a-z 0-9 . _ : -. Goes into the audit trail.",
            "r-20250901-0001",
        ));
    }
    headers
}

fn response(codes: &[ProblemCode]) -> Value {
    let described: Vec<String> = codes
        .iter()
        .map(|code| format!("`{}`: {}.", code.as_str(), code.title()))
        .collect();
    let examples: Map<String, Value> = codes
        .iter()
        .map(|code| (code.as_str().to_owned(), json!({ "value": example(*code) })))
        .collect();
    json!({
        "description": described.join(" "),
        "content": { problem::MEDIA_TYPE: {
            "schema": { "$ref": "#/components/schemas/ProblemBody" },
            "examples": examples,
        } },
    })
}

fn example(code: ProblemCode) -> Value {
    json!({
        "type": format!("urn:tongxing:problem:{}", code.as_str()),
        "title": code.title(),
        "status": code.status().as_u16(),
        "detail": code.title(),
        "code": code.as_str(),
    })
}
