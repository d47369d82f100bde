use std::collections::BTreeSet;

use serde_json::Value;

use super::Document;
use crate::{
    operations::{self, Effect, Method},
    problem_code::ProblemCode,
};

fn document() -> Value {
    serde_json::from_slice(&Document::default().text()).unwrap()
}

fn described() -> Vec<(String, String, Value)> {
    let document = document();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            found.push((method.to_uppercase(), path.clone(), operation.clone()));
        }
    }
    found
}

#[test]
fn table_routes_and_document_are_one() {
    let table: BTreeSet<_> = operations::ALL
        .iter()
        .map(|one| {
            (
                one.method.as_str().to_owned(),
                one.path.to_owned(),
                one.id.to_owned(),
            )
        })
        .collect();
    assert_eq!(
        table.len(),
        operations::ALL.len(),
        "an operation stands twice in the table"
    );
    let document: BTreeSet<_> = described()
        .into_iter()
        .map(|(method, path, operation)| {
            (
                method,
                path,
                operation["operationId"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    assert_eq!(table, document);
}

#[test]
fn every_operation_is_described() {
    for (method, path, operation) in described() {
        let place = format!("{method} {path}");
        assert!(
            operation["summary"]
                .as_str()
                .is_some_and(|text| text.len() > 5),
            "{place}"
        );
        assert!(
            operation["description"]
                .as_str()
                .is_some_and(|text| text.len() > 20),
            "{place}"
        );
        assert_eq!(
            operation["tags"].as_array().map(Vec::len),
            Some(1),
            "{place}"
        );
        let responses = operation["responses"].as_object().unwrap();
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{place}"
        );
        assert!(responses.contains_key("500"), "{place}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(document: &Value, value: &Value) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(reference)) = map.get("$ref") {
                    let pointer = reference.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                map.values().for_each(|value| check(document, value));
            }
            Value::Array(items) => items.iter().for_each(|value| check(document, value)),
            _ => {}
        }
    }
    let document = document();
    check(&document, &document);
}

#[test]
fn every_problem_code_is_answered_by_some_operation() {
    let mut answered: BTreeSet<ProblemCode> = operations::ALL
        .iter()
        .flat_map(|operation| operation.problems())
        .collect();
    // Answered by what is no operation.
    answered.insert(ProblemCode::MethodNotAllowed);
    let missing: Vec<_> = ProblemCode::all()
        .filter(|code| !answered.contains(code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_table_is_sound() {
    for operation in operations::ALL {
        let reads = matches!(operation.effect, Effect::Read | Effect::ReadFile);
        assert_eq!(reads, operation.method == Method::Get, "{}", operation.id);
        assert!(operation.path.starts_with("/v1/"), "{}", operation.id);
    }
}
