//! What clients ask for, and what they get of their own: each with a receipt.

use std::collections::BTreeSet;

use domain::Role;
use serde_json::{Value, json};
use tests::{TestApp, on_both, steps::id_of};

use crate::client_me::{PHONE, assert_neutral, missed_once};

/// The claims of a receipt whose signature fits the published key.
async fn opened(app: &TestApp, receipt: &Value) -> Value {
    let keys = app
        .send(app.request(reqwest::Method::GET, "/.well-known/jwks.json"))
        .await
        .expect(200);
    let text = receipt.as_str().unwrap();
    let header = jsonwebtoken::decode_header(text).unwrap();
    assert_eq!(header.typ.as_deref(), Some("receipt+jwt"));
    let key = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == *header.kid.as_ref().unwrap());
    let key =
        jsonwebtoken::DecodingKey::from_ed_components(key.unwrap()["x"].as_str().unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.set_audience(&["tongxing-receipt"]);
    validation.set_required_spec_claims(&["iss", "aud"]);
    validation.validate_exp = false;
    jsonwebtoken::decode::<Value>(text, &key, &validation)
        .unwrap()
        .claims
}

on_both! {
    async fn a_check_in_takes_a_place_only_with_consent(app: TestApp) {
        let client = app.register_born("王小明", PHONE).await;
        let token = app.client_token(PHONE).await;
        let here = json!({ "note": "已到站", "location": { "latitude": 30.2741, "longitude": 120.1551 } });
        let before = app.contents();
        let refused = app.post(&token, "/v1/me/check-ins", here.clone()).await;
        assert_eq!(refused.problem(409, "consent_not_in_force")["errors"][0]["pointer"], "/location");
        assert!(app.contents().changed_since(&before).is_empty());
        let done = app.post(&token, "/v1/me/check-ins", json!({ "note": "平安" })).await.expect(201);
        assert_neutral(&json!({ "id": done["id"], "received_at": done["received_at"] }));
        let claims = opened(&app, &done["receipt"]).await;
        assert_eq!((&claims["kind"], &claims["id"], &claims["sub"]), (&json!("check_in"), &done["id"], &json!(client)));

        let staff = app.login(Role::Caseworker).await;
        let consent = json!({ "purpose": "location", "text_version": "location-2025-01", "channel": "paper" });
        app.post(&staff, &format!("/v1/clients/{client}/consents"), consent).await.expect(201);
        // Of one instant they would have no order.
        app.advance("2025-09-01T12:00").await;
        app.post(&token, "/v1/me/check-ins", here).await.expect(201);
        let off = json!({ "location": { "latitude": 91, "longitude": 0 } });
        let refused = app.post(&token, "/v1/me/check-ins", off).await.problem(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/location/latitude");
        let copy = app.get(&token, "/v1/me/export").await.expect(200);
        let places: BTreeSet<Option<&str>> =
            copy["check_ins"].as_array().unwrap().iter().map(|one| one["location"].as_str()).collect();
        assert_eq!(places, BTreeSet::from([None, Some("30.27410,120.15510")]));
        assert_eq!(copy["consents"][0]["purpose"], "location");

        // Staff see them, the latest first; a place goes with its consent.
        let path = format!("/v1/clients/{client}/check-ins");
        let seen = app.all_items(&staff, &format!("{path}?limit=1")).await;
        let shown = |one: &Value| (one["note"].clone(), one["location"].clone());
        let notes: Vec<(Value, Value)> = seen.iter().map(shown).collect();
        let here = (json!("已到站"), json!("30.27410,120.15510"));
        assert_eq!(notes, [here, (json!("平安"), Value::Null)]);
        assert_eq!((&seen[1]["id"], &seen[1]["client_id"]), (&done["id"], &json!(client)));
        let withdrawal = json!({ "purpose": "location", "channel": "phone" });
        let to = format!("/v1/clients/{client}/consents/withdrawals");
        app.post(&staff, &to, withdrawal).await.expect(201);
        let seen = app.all_items(&staff, &path).await;
        assert_eq!(shown(&seen[0]), (json!("已到站"), Value::Null));
    }

    async fn a_reason_of_the_clients_is_decided_like_one_of_staff(app: TestApp) {
        let (token, missed) = missed_once(&app).await;
        let unknown = json!({ "appointment_id": missed["id"], "reason_code": "colour" });
        let unknown = app.post(&token, "/v1/me/excuses", unknown).await;
        assert_neutral(&unknown.problem(422, "unknown_excuse_code"));
        let body = json!({ "appointment_id": missed["id"], "reason_code": "illness", "note": "住院" });
        let request = app.request(reqwest::Method::POST, "/v1/me/excuses").bearer_auth(&token);
        let request = request.header("idempotency-key", "a").json(&body);
        let done = app.send(request.try_clone().unwrap()).await.expect(201);
        assert_eq!(app.send(request).await.expect(201), done);
        assert_eq!(done["status"], "waiting");
        assert_eq!(opened(&app, &done["receipt"]).await["id"], done["id"]);
        app.post(&token, "/v1/me/excuses", body).await.problem(409, "excuse_pending");

        let path = format!("/v1/excuses/{}", id_of(&done));
        let head = app.login(Role::Supervisor).await;
        let seen = app.get(&head, &path).await.expect(200);
        assert_eq!((&seen["from_client"], &seen["note"]), (&json!(true), &json!("住院")));
        let decision = json!({ "decision": "accept", "reason": "有住院证明" });
        app.post(&head, &format!("{path}/decision"), decision).await.expect(200);
        let ledger = app.get(&token, "/v1/me/ledger").await.expect(200);
        assert_eq!((&ledger["counted"], &ledger["items"][0]["standing"]), (&json!(0), &json!("excused")));
    }

    async fn a_reason_for_somebody_elses_date_is_refused_as_if_there_were_none(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let others = app.born_with_case("13900006666", "2025-09-05").await;
        app.register_born("王小明", PHONE).await;
        let token = app.client_token(PHONE).await;
        let theirs = app.appointments(&others).await[0]["id"].clone();
        let body = json!({ "appointment_id": theirs, "reason_code": "illness" });
        app.post(&token, "/v1/me/excuses", body).await.problem(404, "not_found");
    }

    /// Tasks for people, with nothing of a case about them.
    async fn help_and_corrections_become_tasks(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        app.born_with_case(PHONE, "2025-09-05").await;
        let token = app.client_token(PHONE).await;
        let help = json!({ "text": "想了解就业培训" });
        let help = app.post(&token, "/v1/me/help-requests", help).await.expect(201);
        assert_eq!(help["answer_by"], "2025-09-05");
        let wrong = json!({ "topic": "phone", "text": "电话换了" });
        let wrong = app.post(&token, "/v1/me/corrections", wrong).await.expect(201);
        assert_eq!(wrong["answer_by"], "2025-09-12");
        for (done, kind) in [(&help, "help_request"), (&wrong, "correction")] {
            assert_neutral(&json!({ "answer_by": done["answer_by"] }));
            let claims = opened(&app, &done["receipt"]).await;
            assert_eq!((&claims["kind"], &claims["id"]), (&json!(kind), &done["id"]));
        }
        let staff = app.login(Role::Caseworker).await;
        let tasks = app.all_items(&staff, "/v1/tasks?limit=100").await;
        let find = |done: &Value| tasks.iter().find(|task| task["id"] == done["id"]).unwrap().clone();
        let (help, wrong) = (find(&help), find(&wrong));
        assert_eq!((&help["kind"], &help["case_id"]), (&json!("help_request"), &Value::Null));
        assert_eq!(wrong["kind"], "correction_request");
        let path = format!("/v1/tasks/{}", id_of(&wrong));
        assert_eq!(app.get(&staff, &path).await.expect(200)["note"], "【联系电话】电话换了");
        let path = format!("/v1/tasks/{}", id_of(&help));
        assert_eq!(app.get(&staff, &path).await.expect(200)["note"], "想了解就业培训");
        let done = json!({ "outcome": "reached", "note": "已介绍培训班" });
        app.post(&staff, &format!("{path}/done"), done).await.expect(200);
        let note = "想了解就业培训\n\n已介绍培训班";
        assert_eq!(app.get(&staff, &path).await.expect(200)["note"], note);
    }

    async fn the_copy_is_whole_and_nobody_elses(app: TestApp) {
        let (token, missed) = missed_once(&app).await;
        app.born_with_case("13900006666", "2025-09-05").await;
        let auditor = app.login(Role::Auditor).await;
        let help = json!({ "text": "想了解就业培训" });
        app.post(&token, "/v1/me/help-requests", help).await.expect(201);
        let excuse = json!({ "appointment_id": missed["id"], "reason_code": "illness" });
        app.post(&token, "/v1/me/excuses", excuse).await.expect(201);
        let copy = app.get(&token, "/v1/me/export").await.expect(200);
        let person = &copy["person"];
        assert_eq!((&person["name"], &person["phone"]), (&json!("王小明"), &json!(PHONE)));
        assert_eq!(copy["terms"].as_array().unwrap().len(), 1);
        assert_eq!(copy["appointments"][0]["id"], missed["id"]);
        let excuse = &copy["excuses"][0];
        assert_eq!((&excuse["appointment_id"], &excuse["reason_code"]), (&missed["id"], &json!("illness")));
        assert_eq!(copy["counted"][0]["appointment_id"], missed["id"]);
        assert_eq!((&copy["reviews"], &copy["family_contacts"]), (&json!([]), &json!([])));
        let asked = &copy["requests"][0];
        assert_eq!((&asked["kind"], &asked["text"]), (&json!("help"), &json!("想了解就业培训")));
        assert!(copy["texts"][0]["text"].as_str().unwrap().starts_with("【城东服务站】"));
        assert_eq!(copy["sign_ins"].as_array().unwrap().len(), 1);
        assert!(!copy.to_string().contains("13900006666"));
        let entries = app.get(&auditor, "/v1/audit-entries?limit=1").await.expect(200);
        assert_eq!(entries["items"][0]["action"], "export_me");
    }
}
