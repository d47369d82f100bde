//! What every refused request answers, and the table of problem codes.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::Value;
use tests::{Response, on_both};

use crate::documented;

/// Every code with its status: what integrators decide by. Words and statuses never change.
pub const CODES: &[(&str, u16)] = &[
    ("already_reported_in", 409),
    ("appointment_closed", 409),
    ("appointment_not_missed", 409),
    ("appointment_not_open_yet", 409),
    ("calendar_invalid", 422),
    ("case_frozen", 409),
    ("case_not_active", 409),
    ("case_still_open", 409),
    ("caseworker_not_in_office", 422),
    ("client_exists", 409),
    ("collector_not_in_office", 422),
    ("conflict", 409),
    ("consent_not_in_force", 409),
    ("date_before_decision", 422),
    ("date_in_future", 422),
    ("escalation_blocked", 409),
    ("excuse_decided", 409),
    ("excuse_pending", 409),
    ("forbidden", 403),
    ("head_too_large", 431),
    ("idempotency_key_reused", 409),
    ("illegal_transition", 409),
    ("internal", 500),
    ("invalid_code", 401),
    ("invalid_credentials", 401),
    ("invalid_cursor", 400),
    ("invalid_header", 400),
    ("invalid_id_number", 422),
    ("invalid_phone", 422),
    ("invalid_query", 400),
    ("invalid_refresh_token", 401),
    ("invalid_signature", 401),
    ("invalid_term", 422),
    ("invalid_value", 422),
    ("json_too_complex", 400),
    ("make_up_date_required", 422),
    ("malformed_json", 400),
    ("measure_not_in_pack", 422),
    ("message_may_arrive", 409),
    ("method_not_allowed", 405),
    ("not_found", 404),
    ("not_bound", 401),
    ("not_configured", 501),
    ("note_required", 422),
    ("one_time_code_required", 401),
    ("outside_window", 422),
    ("password_change_required", 403),
    ("password_refused", 422),
    ("payload_too_large", 413),
    ("refresh_token_reused", 401),
    ("report_in_before_receipt", 422),
    ("request_timeout", 408),
    ("review_by_author", 409),
    ("rule_pack_invalid", 422),
    ("rule_pack_published", 409),
    ("second_fact_required", 401),
    ("second_factor_required", 403),
    ("sign_off_by_submitter", 409),
    ("stale_version", 412),
    ("task_closed", 409),
    ("token_expired", 401),
    ("too_few_collectors", 422),
    ("too_many_requests", 429),
    ("unauthenticated", 401),
    ("unavailable", 503),
    ("unknown_excuse_code", 422),
    ("unknown_field", 422),
    ("unknown_rule_pack", 422),
    ("unsupported_media_type", 415),
    ("username_taken", 409),
    ("wording_refused", 422),
];

/// Checks that an answer is a whole problem (RFC 9457) with a code of the table.
#[track_caller]
pub fn assert_whole(answer: &Response) {
    let body = &answer.body;
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json"),
        "{body:#}"
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{body:#}");
    let code = body["code"].as_str().unwrap();
    let known = CODES.iter().find(|(known, _)| *known == code);
    let (_, status) = known.unwrap_or_else(|| panic!("{code} is not in the table"));
    assert_eq!(answer.status.as_u16(), *status, "{body:#}");
    assert_eq!(body["status"], *status, "{body:#}");
    assert_eq!(body["type"], format!("urn:tongxing:problem:{code}"));
    for text in ["title", "detail"] {
        assert!(
            body[text].as_str().is_some_and(|text| !text.is_empty()),
            "{body:#}"
        );
    }
    for error in body["errors"].as_array().into_iter().flatten() {
        assert!(
            error["pointer"]
                .as_str()
                .is_some_and(|it| it.is_empty() || it.starts_with('/'))
        );
    }
    if *status == 401 {
        let challenge = answer.header("www-authenticate");
        let asks_for_token = matches!(code, "unauthenticated" | "token_expired");
        assert_eq!(challenge, asks_for_token.then_some("Bearer"), "{body:#}");
    }
}

on_both! {
    /// The document's codes are those of the table, each answered by an operation at its status.
    async fn the_document_knows_every_code_and_where_it_is_answered(app: TestApp) {
        let document = documented::document(&app).await;
        let schema = &document["components"]["schemas"]["ProblemBody"]["properties"]["code"]["enum"];
        let listed: BTreeSet<&str> =
            schema.as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
        let statuses: BTreeMap<&str, u16> = CODES.iter().copied().collect();
        assert_eq!(listed, statuses.keys().copied().collect());

        let mut answered = BTreeSet::from(["method_not_allowed"]);
        let operations = documented::operations(&app).await;
        for operation in operations.values() {
            for (status, codes) in &operation.answers {
                assert_eq!(codes.is_empty(), *status < 400, "{} {status}", operation.id);
                for code in codes {
                    assert_eq!(statuses.get(code.as_str()), Some(status), "{} {code}", operation.id);
                    answered.insert(code);
                }
            }
        }
        assert_eq!(answered, listed);
    }

    async fn what_no_operation_answers_is_a_problem_too(app: TestApp) {
        for path in ["/", "/v1", "/v1/", "/v1/nothing", "/v1/offices/", "/v2/offices", "/v1//offices"] {
            let answer = app.send(app.request(Method::GET, path)).await;
            assert_whole(&answer);
            answer.problem(404, "not_found");
        }
        let operations = documented::operations(&app).await;
        for operation in operations.values() {
            let path = operation.path.replace(['{', '}'], "");
            let here: BTreeSet<String> = operations
                .values()
                .filter(|other| other.is_at(&path))
                .map(|other| other.method.to_string())
                .collect();
            for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                if here.contains(method.as_str()) {
                    continue;
                }
                let answer = app.send(app.request(method.clone(), &path)).await;
                assert_whole(&answer);
                let allow = answer.header("allow").unwrap().to_owned();
                let allow: BTreeSet<String> = allow.split(", ").map(str::to_owned).collect();
                assert_eq!(allow, here, "{method} {path}");
                let body: Value = answer.problem(405, "method_not_allowed");
                assert_eq!(body["errors"], Value::Null);
            }
        }
    }
}
