//! A body with many faults hears of all of them at once, and leaves nothing behind.

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Response, TestApp, on_both};

/// Pointer and code of every fault, by pointer.
#[track_caller]
fn faults(answer: Response, status: u16, code: &str) -> Vec<(String, String)> {
    crate::problems::assert_whole(&answer);
    let body = answer.problem(status, code);
    let mut faults: Vec<_> = body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            let own = error["code"].as_str().unwrap_or(code);
            (
                error["pointer"].as_str().unwrap().to_owned(),
                own.to_owned(),
            )
        })
        .collect();
    faults.sort();
    faults
}

#[track_caller]
fn told(answer: Response, code: &str, expected: &[(&str, &str)]) {
    let faults = faults(answer, 422, code);
    let faults: Vec<_> = faults
        .iter()
        .map(|(at, code)| (at.as_str(), code.as_str()))
        .collect();
    assert_eq!(faults, expected);
}

async fn send(app: &TestApp, role: Role, method: Method, path: &str, body: Value) -> Response {
    let token = app.login(role).await;
    app.send(app.request(method, path).bearer_auth(token).json(&body))
        .await
}

on_both! {
    async fn registrations_tell_every_fault(app: TestApp) {
        let admin = app.login(Role::AgencyAdmin).await;
        let worker = app.login(Role::Caseworker).await;
        let client = app.register_client("王小明", "13900001111").await;
        let before = app.contents();

        let office = json!({
            "name": "", "area_code": "33", "phone": "1", "message_signature": "禁毒办公室",
            "timezone": "Mars/Olympus", "visits_until": "25:00",
        });
        told(app.post(&admin, "/v1/offices", office).await, "invalid_value", &[
            ("/area_code", "invalid_value"),
            ("/message_signature", "wording_refused"),
            ("/name", "invalid_value"),
            ("/phone", "invalid_phone"),
            ("/timezone", "invalid_value"),
            ("/visits_until", "invalid_value"),
        ]);

        let person = json!({
            "name": "", "sex": "male", "id_number": "110105194912310021", "phone": "12",
        });
        told(app.post(&worker, "/v1/clients", person).await, "invalid_value", &[
            ("/id_number", "invalid_id_number"),
            ("/name", "invalid_value"),
            ("/phone", "invalid_phone"),
        ]);

        let staff = json!({
            "username": "li.new", "password": "correct horse battery staple", "display_name": "",
            "role": "caseworker", "phone": "12",
        });
        told(app.post(&admin, "/v1/staff", staff).await, "invalid_value", &[
            ("/display_name", "invalid_value"),
            ("/office_id", "invalid_value"),
            ("/phone", "invalid_phone"),
        ]);

        let case = json!({
            "measure": "community_treatment",
            "office_id": app.seed().office.to_string(),
            "caseworker_id": client,
            "term_months": 0,
            "decision": {
                "document_no": "", "issuing_authority": "\n",
                "issued_on": "2025-09-09", "received_on": "2025-09-01",
            },
        });
        let path = format!("/v1/clients/{client}/cases");
        told(app.post(&worker, &path, case).await, "caseworker_not_in_office", &[
            ("/caseworker_id", "caseworker_not_in_office"),
            ("/decision/document_no", "invalid_value"),
            ("/decision/issued_on", "date_in_future"),
            ("/decision/issuing_authority", "invalid_value"),
            ("/term_months", "invalid_term"),
        ]);
        assert!(app.contents().changed_since(&before).is_empty());
    }

    async fn changes_tell_every_fault(app: TestApp) {
        let client = app.register_client("王小明", "13900001111").await;
        // Signing in is stored.
        app.login(Role::AgencyAdmin).await;
        let before = app.contents();
        let office = format!("/v1/offices/{}", app.seed().office);
        let body = json!({ "name": null, "area_code": "33", "phone": "1", "message_signature": "尿" });
        let answer = send(&app, Role::AgencyAdmin, Method::PATCH, &office, body).await;
        told(answer, "invalid_value", &[
            ("/area_code", "invalid_value"),
            ("/message_signature", "wording_refused"),
            ("/name", "invalid_value"),
            ("/phone", "invalid_phone"),
        ]);

        let path = format!("/v1/clients/{client}");
        let body = json!({
            "name": "", "sex": null, "id_number": "1", "phone": "12", "phone_sms_ok": null,
        });
        let answer = send(&app, Role::Caseworker, Method::PATCH, &path, body).await;
        told(answer, "invalid_value", &[
            ("/id_number", "invalid_id_number"),
            ("/name", "invalid_value"),
            ("/phone", "invalid_phone"),
            ("/phone_sms_ok", "invalid_value"),
            ("/sex", "invalid_value"),
        ]);

        let staff = format!("/v1/staff/{}", app.seed().staff("colleague"));
        let body = json!({ "display_name": "", "role": null, "active": null, "phone": "12" });
        let answer = send(&app, Role::AgencyAdmin, Method::PATCH, &staff, body).await;
        told(answer, "invalid_value", &[
            ("/active", "invalid_value"),
            ("/display_name", "invalid_value"),
            ("/phone", "invalid_phone"),
            ("/role", "invalid_value"),
        ]);
        assert!(app.contents().changed_since(&before).is_empty());
    }

    async fn a_body_of_the_wrong_shape_tells_every_field(app: TestApp) {
        let client = app.register_client("王小明", "13900001111").await;
        let before = app.contents();
        let path = format!("/v1/clients/{client}");
        let body = json!({ "name": 1, "sex": "other", "birth_date": "2025-02-30", "role": "admin" });
        let answer = send(&app, Role::Caseworker, Method::PATCH, &path, body).await;
        told(answer, "invalid_value", &[
            ("/birth_date", "invalid_value"),
            ("/name", "invalid_value"),
            ("/role", "unknown_field"),
            ("/sex", "invalid_value"),
        ]);
        assert!(app.contents().changed_since(&before).is_empty());
    }

    /// Serde would read a struct from an array, field by field.
    async fn an_array_is_no_object_at_any_depth(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let client = app.register_client("王小明", "13900001111").await;
        let before = app.contents();
        let body = json!({
            "measure": "community_treatment",
            "office_id": app.seed().office.to_string(),
            "caseworker_id": app.seed().staff("caseworker").to_string(),
            "term_months": 36,
            "decision": ["1号", "东山县公安局", "2025-09-01", "2025-09-01", null],
        });
        let answer = app.post(&token, &format!("/v1/clients/{client}/cases"), body).await;
        told(answer, "invalid_value", &[("/decision", "invalid_value")]);
        assert!(app.contents().changed_since(&before).is_empty());
    }
}
