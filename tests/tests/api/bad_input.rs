//! Input that is refused: a stable code, a pointer to the field, and nothing stored.

use domain::Role;
use serde_json::{Value, json};
use tests::{
    Response, TestApp, on_both,
    steps::{Journey, id_of},
};

/// Everything that tells whether something was stored.
async fn stored(app: &TestApp) -> Vec<Value> {
    let token = app.login(Role::Supervisor).await;
    let mut all = Vec::new();
    for list in [
        "clients",
        "cases",
        "appointments",
        "excuses",
        "escalations",
        "messages",
        "tasks",
    ] {
        all.extend(
            app.all_items(&token, &format!("/v1/{list}?limit=100"))
                .await,
        );
    }
    all
}

#[track_caller]
fn refused(answer: Response, status: u16, code: &str, pointer: Option<&str>) {
    let body = answer.problem(status, code);
    assert_eq!(body["errors"][0]["pointer"].as_str(), pointer, "{body:#}");
}

/// Sends one wrong body after the other.
async fn post_each(
    app: &TestApp,
    role: Role,
    path: &str,
    right: &Value,
    wrong: &[(&str, Value, u16, &str)],
) {
    let token = app.login(role).await;
    for (pointer, value, status, code) in wrong {
        let mut body = right.clone();
        let (place, field) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(place).unwrap()[field] = value.clone();
        let answer = app.post(&token, path, body).await;
        assert_eq!(
            answer.body["code"], *code,
            "{pointer} = {value}: {:#}",
            answer.body
        );
        refused(answer, *status, code, Some(pointer));
    }
}

fn client() -> Value {
    json!({ "name": "王小明", "sex": "male", "phone": "13900001111" })
}

fn case(app: &TestApp) -> Value {
    json!({
        "measure": "community_treatment",
        "office_id": app.seed().office.to_string(),
        "caseworker_id": app.seed().staff("caseworker").to_string(),
        "term_months": 36,
        "decision": {
            "document_no": "东公(社)字〔2025〕12号", "issuing_authority": "东山县公安局",
            "issued_on": "2025-08-28", "received_on": "2025-09-01",
        },
    })
}

async fn running(app: &TestApp) -> (Journey, Vec<Value>) {
    app.advance("2025-09-05T10:00").await;
    let journey = app
        .active_case("community_treatment", 36, "2025-09-05")
        .await;
    let items = app.appointments(&journey).await;
    (journey, items)
}

on_both! {
    async fn clients(app: TestApp) {
        let wrong = [
            ("/name", json!(""), 422, "invalid_value"),
            ("/id_number", json!("110105199003072831"), 422, "invalid_id_number"),
            ("/id_number", json!("1101051990"), 422, "invalid_id_number"),
            ("/phone", json!("0571-88880000"), 422, "invalid_phone"),
            ("/phone", json!("23800138000"), 422, "invalid_phone"),
            ("/birth_date", json!("2030-01-01"), 422, "date_in_future"),
            ("/birth_date", json!("1990-02-30"), 422, "invalid_value"),
            ("/sex", json!("unknown"), 422, "invalid_value"),
            ("/colour", json!("red"), 422, "unknown_field"),
        ];
        post_each(&app, Role::Caseworker, "/v1/clients", &client(), &wrong).await;
        assert_eq!(stored(&app).await, [Value::Null; 0]);
    }

    async fn an_identity_number_belongs_to_one_client(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let mut body = client();
        body["id_number"] = json!("11010519491231002X");
        body["sex"] = json!("female");
        app.post(&token, "/v1/clients", body.clone()).await.expect(201);
        refused(app.post(&token, "/v1/clients", body).await, 409, "client_exists", Some("/id_number"));
    }

    async fn cases(app: TestApp) {
        let client = app.register_client("王小明", "13900001111").await;
        let before = stored(&app).await;
        let foreign = app.seed().staff("other.caseworker").to_string();
        let wrong = [
            ("/term_months", json!(0), 422, "invalid_term"),
            ("/term_months", json!(37), 422, "invalid_term"),
            ("/rule_pack", json!("cn-nowhere"), 422, "unknown_rule_pack"),
            ("/caseworker_id", json!(foreign), 422, "caseworker_not_in_office"),
            ("/decision/received_on", json!("2025-09-02"), 422, "date_in_future"),
            ("/decision/received_on", json!("2025-08-27"), 422, "date_before_decision"),
            ("/decision/received_on", json!("2025-02-30"), 422, "invalid_value"),
            ("/decision/document_no", json!(""), 422, "invalid_value"),
            ("/measure", json!("isolation"), 422, "invalid_value"),
            ("/decision/colour", json!("red"), 422, "unknown_field"),
        ];
        let path = format!("/v1/clients/{client}/cases");
        post_each(&app, Role::Caseworker, &path, &case(&app), &wrong).await;
        assert_eq!(stored(&app).await, before);
    }

    async fn reporting_in(app: TestApp) {
        let client = app.register_client("王小明", "13900001111").await;
        let case = id_of(&app.register_case(&client, "community_treatment", 36, "2025-09-01").await);
        app.advance("2025-09-05T10:00").await;
        let before = stored(&app).await;
        let path = format!("/v1/cases/{case}/report-in");
        let wrong = [
            ("/reported_in_on", json!("2025-08-31"), 422, "report_in_before_receipt"),
            ("/reported_in_on", json!("2025-09-06"), 422, "date_in_future"),
            ("/reported_in_on", json!("2025-09-31"), 422, "invalid_value"),
        ];
        let right = json!({ "reported_in_on": "2025-09-05" });
        post_each(&app, Role::Caseworker, &path, &right, &wrong).await;
        assert_eq!(stored(&app).await, before);

        let token = app.login(Role::Caseworker).await;
        app.post(&token, &path, right.clone()).await.expect(200);
        let before = stored(&app).await;
        app.post(&token, &path, right).await.problem(409, "already_reported_in");
        assert_eq!(stored(&app).await, before);
    }

    async fn a_second_case_while_one_goes_on(app: TestApp) {
        let (journey, _) = running(&app).await;
        let token = app.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{}/cases", journey.client);
        app.post(&token, &path, case(&app)).await.problem(409, "case_still_open");
    }

    async fn test_records(app: TestApp) {
        let (journey, items) = running(&app).await;
        let before = stored(&app).await;
        let caseworker = app.seed().staff("caseworker").to_string();
        let other = app.seed().staff("other.caseworker").to_string();
        let tomorrow = app.now() + chrono::TimeDelta::days(1);
        let last_year = app.now() - chrono::TimeDelta::days(365);
        for (fields, status, code, pointer) in [
            (json!({ "collector_ids": [] }), 422, "too_few_collectors", Some("/collector_ids")),
            (json!({ "collector_ids": [caseworker, other] }), 422, "collector_not_in_office", Some("/collector_ids/1")),
            (json!({ "collected_at": tomorrow }), 422, "date_in_future", Some("/collected_at")),
            (json!({ "collected_at": last_year }), 422, "outside_window", Some("/collected_at")),
            (json!({ "collected_at": "yesterday" }), 422, "invalid_value", Some("/collected_at")),
            (json!({ "result": "unclear" }), 422, "invalid_value", Some("/result")),
            (json!({ "colour": "red" }), 422, "unknown_field", Some("/colour")),
        ] {
            refused(app.test_with(&items[0], fields).await, status, code, pointer);
        }
        assert_eq!(stored(&app).await, before);

        app.test(&items[0]).await;
        app.test_with(&items[0], json!({})).await.problem(409, "appointment_closed");
        let token = app.login_as("other.supervisor").await;
        let path = format!("/v1/appointments/{}/test-records", id_of(&items[1]));
        let mut body = json!({
            "sample": "urine", "method": "on_site", "collected_at": app.now(),
            "collector_ids": [caseworker], "result": "negative", "client_signed": true,
        });
        app.post(&token, &path, body.clone()).await.problem(404, "not_found");
        body["collector_ids"] = json!([]);
        app.post(&token, &journey.path("/test-records"), body).await.problem(404, "not_found");
    }

    async fn excuses_and_labels(app: TestApp) {
        let (_, items) = running(&app).await;
        let token = app.login(Role::Caseworker).await;
        let before = stored(&app).await;
        let path = format!("/v1/appointments/{}/excuses", id_of(&items[0]));
        for (body, code, pointer) in [
            (json!({ "reason_code": "weather" }), "unknown_excuse_code", "/reason_code"),
            (json!({ "reason_code": "other" }), "note_required", "/note"),
            (json!({ "reason_code": "other", "note": "  " }), "invalid_value", "/note"),
        ] {
            refused(app.post(&token, &path, body).await, 422, code, Some(pointer));
        }
        let path = format!("/v1/appointments/{}/label", id_of(&items[5]));
        let body = json!({ "label": "evaded_or_refused", "reason": "没有来" });
        app.post(&token, &path, body).await.problem(409, "appointment_not_missed");
        let body = json!({ "label": "excused", "reason": "没有来" });
        refused(app.post(&token, &path, body).await, 422, "invalid_value", Some("/label"));
        assert_eq!(stored(&app).await, before);
    }

    async fn a_large_body(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let mut body = client();
        body["name"] = json!("王".repeat(700_000));
        app.post(&token, "/v1/clients", body).await.problem(413, "payload_too_large");
        assert_eq!(stored(&app).await, [Value::Null; 0]);
    }

    async fn forbidden_words_in_a_text(app: TestApp) {
        let token = app.login(Role::AgencyAdmin).await;
        let path = "/v1/templates/appointment_reminder/d-7";
        let body = json!({ "text": "{name}您好,请按时到站尿检。" });
        refused(app.put(&token, path, body).await, 422, "wording_refused", Some("/text"));
        let body = json!({
            "name": "禁毒办公室", "area_code": "330102", "phone": "0571-88880001",
            "message_signature": "城南禁毒",
        });
        refused(app.post(&token, "/v1/offices", body).await, 422, "wording_refused", Some("/message_signature"));
    }

    async fn a_rule_pack_with_faults_names_their_lines(app: TestApp) {
        let token = app.login(Role::AgencyAdmin).await;
        let document = "id = \"cn-new\"\nversion = 0\ntitle = \"\"\n";
        let body = app.post(&token, "/v1/rule-packs", json!({ "document": document })).await.problem(422, "rule_pack_invalid");
        let errors = body["errors"].as_array().unwrap();
        assert!(errors.len() > 1, "every fault is named: {body:#}");
        assert!(errors.iter().any(|error| error["line"].is_u64()), "{body:#}");
    }
}
