//! What clients see and do about themselves.

use std::collections::BTreeSet;

use domain::{
    Role,
    wording::{WordList, lint},
};
use serde_json::{Value, json};
use tests::{TestApp, on_both, steps::id_of};

use crate::documented;

const PHONE: &str = "13900007777";

/// English words that would give away what the programme is.
const TELLING: [&str; 19] = [
    "drug",
    "detox",
    "urine",
    "hair",
    "saliva",
    "blood",
    "escalat",
    "police",
    "treatment",
    "rehabilit",
    "offend",
    "addict",
    "isolation",
    "compuls",
    "narcotic",
    "violation",
    "evade",
    "test_",
    "positive",
];

/// Every key and every text of an answer.
fn words(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            found.push(key.clone());
            words(value, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| words(item, found)),
        Value::String(text) => found.push(text.clone()),
        _ => {}
    }
}

/// Nothing in an answer tells what the programme is, to who looks over the shoulder.
#[track_caller]
pub fn assert_neutral(answer: &Value) {
    let mut found = Vec::new();
    words(answer, &mut found);
    for text in found {
        let lower = text.to_lowercase();
        let telling = TELLING.iter().find(|word| lower.contains(*word));
        assert_eq!(telling, None, "{text}");
        assert_eq!(lint(&text, WordList::shipped()), [], "{text}");
    }
}

async fn missed_once(app: &TestApp) -> (String, Value) {
    app.advance("2025-09-05T10:00").await;
    let journey = app.born_with_case(PHONE, "2025-09-05").await;
    let items = app.appointments(&journey).await;
    app.let_pass(&items[0]).await;
    (app.client_token(PHONE).await, items[0].clone())
}

on_both! {
    async fn a_client_sees_their_dates_and_confirms_one(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let journey = app.born_with_case(PHONE, "2025-09-05").await;
        app.run_until_idle().await;
        let auditor = app.login(Role::Auditor).await;
        let token = app.client_token(PHONE).await;
        let me = app.get(&token, "/v1/me").await.expect(200);
        assert_neutral(&me);
        assert_eq!(me["place"], json!({ "name": "城东服务站", "phone": "0571-88880000" }));
        assert_eq!(me["contact"], "李老师");
        let dates = app.get(&token, "/v1/me/appointments").await.expect(200);
        assert_neutral(&dates);
        let dates = dates["items"].as_array().unwrap();
        let planned = app.appointments(&journey).await;
        assert_eq!(dates.len(), planned.len());
        app.get(&token, "/v1/me?colour=red").await.problem(400, "invalid_query");
        assert_eq!(me["next"], dates[0]);
        assert_eq!((&dates[0]["status"], &dates[1]["status"]), (&json!("open"), &json!("upcoming")));

        let path = format!("/v1/me/appointments/{}/confirm", id_of(&dates[1]));
        for _ in 0..2 {
            app.post(&token, &path, json!({})).await.expect(200);
        }
        let dates = app.get(&token, "/v1/me/appointments").await.expect(200);
        assert!(dates["items"][1]["confirmed_at"].is_string());
        // Who confirms knows of it.
        assert_eq!(app.appointments(&journey).await[1]["notice_proof"], "proven");
        let entries = app.get(&auditor, "/v1/audit-entries?limit=1").await.expect(200);
        let entry = &entries["items"][0];
        assert_eq!(entry["action"], "confirm_my_appointment");
        assert_eq!((&entry["actor_kind"], &entry["actor_id"]), (&json!("client"), &json!(journey.client)));
    }

    /// The worker may be late: what is over by the clock proves no notice.
    async fn a_date_whose_grace_is_over_is_not_confirmed(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let journey = app.born_with_case(PHONE, "2025-09-05").await;
        let token = app.client_token(PHONE).await;
        let items = app.appointments(&journey).await;
        let path = format!("/v1/me/appointments/{}/confirm", id_of(&items[0]));
        app.outage_until("2025-10-13T23:59");
        app.post(&token, &path, json!({})).await.expect(200);
        app.outage_until("2025-10-14T00:00");
        let before = app.contents();
        app.post(&token, &path, json!({})).await.problem(409, "appointment_closed");
        assert!(app.contents().changed_since(&before).is_empty());
        app.run_until_idle().await;
    }

    /// Who confirmed the day before knows nothing of the new one.
    async fn a_date_that_moves_is_to_be_confirmed_anew(setup: Setup) {
        let app = setup.at("2026-08-10T08:00").start().await;
        let journey = app.born_with_case(PHONE, "2026-08-10").await;
        let token = app.client_token(PHONE).await;
        let (moved, stays) = (5, 6);
        let dates = async || app.get(&token, "/v1/me/appointments").await.expect(200)["items"].clone();
        let proof = async |item: usize| app.appointments(&journey).await[item]["notice_proof"].clone();
        let first = dates().await;
        assert_eq!(first[moved]["due_on"], "2027-02-09");
        let path = |item: usize| format!("/v1/me/appointments/{}/confirm", id_of(&first[item]));
        for item in [moved, stays] {
            app.post(&token, &path(item), json!({})).await.expect(200);
            assert_eq!(proof(item).await, "proven");
        }
        let admin = app.login(Role::AgencyAdmin).await;
        let notice = json!({
            "year": 2027, "notice": "关于部分节假日安排的通知", "source": "https://www.gov.cn/",
            "holidays": { "2027-02-09": "春节" },
        });
        app.put(&admin, "/v1/calendars/2027", notice).await.expect(200);
        let now = dates().await;
        assert_eq!(now[moved]["due_on"], "2027-02-10");
        assert_eq!((&now[moved]["confirmed_at"], proof(moved).await), (&Value::Null, json!("not_due")));
        assert!(now[stays]["confirmed_at"].is_string());
        assert_eq!(proof(stays).await, "proven");
        app.post(&token, &path(moved), json!({})).await.expect(200);
        assert!(dates().await[moved]["confirmed_at"].is_string());
        assert_eq!(proof(moved).await, "proven");
    }

    async fn what_is_somebody_elses_is_not_there(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let others = app.born_with_case("13900006666", "2025-09-05").await;
        app.born_with_case(PHONE, "2025-09-05").await;
        let token = app.client_token(PHONE).await;
        let theirs = id_of(&app.appointments(&others).await[0]);
        let path = format!("/v1/me/appointments/{theirs}/confirm");
        let foreign = app.post(&token, &path, json!({})).await;
        let nowhere = "/v1/me/appointments/01985c1e-7a30-7c11-9f0e-3b1d5a7c2e44/confirm";
        let unknown = app.post(&token, nowhere, json!({})).await;
        assert_eq!(foreign.body, unknown.body);
        foreign.problem(404, "not_found");
        let dates = app.get(&token, "/v1/me/appointments").await.expect(200);
        assert!(!dates.to_string().contains(&theirs));
    }

    async fn the_ledger_says_what_counted_and_why(app: TestApp) {
        let (token, missed) = missed_once(&app).await;
        let ledger = app.get(&token, "/v1/me/ledger").await.expect(200);
        assert_neutral(&ledger);
        assert_eq!(ledger["counted"], 1);
        let line = &ledger["items"][0];
        assert_eq!(line["appointment_id"], missed["id"]);
        assert_eq!((&line["standing"], &line["counts"]), (&json!("not_kept_unseen"), &json!(true)));
        assert_eq!(ledger["reviews"], json!([]));
        let path = format!("/v1/me/appointments/{}/confirm", id_of(&missed));
        app.post(&token, &path, json!({})).await.problem(409, "appointment_closed");

        let staff = app.login(Role::Caseworker).await;
        let label = format!("/v1/appointments/{}/label", id_of(&missed));
        let body = json!({ "label": "service_fault", "reason": "当天停电" });
        app.post(&staff, &label, body).await.expect(200);
        let ledger = app.get(&token, "/v1/me/ledger").await.expect(200);
        assert_eq!((&ledger["counted"], &ledger["items"][0]["standing"]), (&json!(0), &json!("our_fault")));
    }

    async fn what_counted_before_is_not_carried_on(app: TestApp) {
        let (token, missed) = missed_once(&app).await;
        let head = app.login(Role::Supervisor).await;
        let path = format!("/v1/cases/{}/termination", missed["case_id"].as_str().unwrap());
        let body = json!({ "kind": "imprisonment", "reason": "移送执行" });
        app.post(&head, &path, body).await.expect(200);
        let ledger = app.get(&token, "/v1/me/ledger").await.expect(200);
        assert_eq!((&ledger["counted"], &ledger["items"][0]["counts"]), (&json!(0), &json!(true)));
    }

    async fn the_ledger_shows_a_review_and_what_it_rests_on(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let journey = app.born_with_case(PHONE, "2025-09-05").await;
        let items = app.appointments(&journey).await;
        let token = app.client_token(PHONE).await;
        let path = format!("/v1/me/appointments/{}/confirm", id_of(&items[0]));
        app.post(&token, &path, json!({})).await.expect(200);
        for item in &items[..3] {
            app.let_pass(item).await;
        }
        let ledger = app.get(&token, "/v1/me/ledger").await.expect(200);
        assert_neutral(&ledger);
        assert_eq!(ledger["reviews"][0]["state"], "under_way");
        let rests_on = ledger["reviews"][0]["rests_on"].as_array().unwrap();
        assert_eq!(rests_on.len(), 3);
        assert!(rests_on.contains(&items[0]["id"]));
        // People see what of it the client knew of.
        let staff = app.login(Role::Caseworker).await;
        let path = format!("/v1/escalations/{}", id_of(&app.escalations().await[0]));
        let file = app.get(&staff, &path).await.expect(200);
        let basis = file["basis"].as_array().unwrap();
        let confirmed = items[..3].iter().map(|item| {
            let part = basis.iter().find(|part| part["object_id"] == item["id"]).unwrap();
            part["appointment"]["confirmed_at"].is_string()
        });
        assert_eq!(confirmed.collect::<Vec<bool>>(), [true, false, false]);
    }

    /// The schemas too: a key or a value that is not met above is met here.
    async fn the_documents_words_for_clients_give_nothing_away(app: TestApp) {
        let document = documented::document(&app).await;
        let mut names = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            if path.starts_with("/v1/me") || path.starts_with("/v1/client-sessions") {
                collect_references(item, &mut names);
            }
        }
        assert!(names.len() >= 8, "{names:?}");
        let mut seen = 0;
        while seen < names.len() {
            let schema = document["components"]["schemas"][&names[seen]].clone();
            collect_references(&schema, &mut names);
            if names[seen] != "ProblemBody" {
                assert_neutral(&shape(&schema));
            }
            seen += 1;
        }
    }
}

fn collect_references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| match value {
            Value::String(target) if key == "$ref" => {
                let name = target.rsplit('/').next().unwrap().to_owned();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            other => collect_references(other, names),
        }),
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect_references(item, names)),
        _ => {}
    }
}

/// Names of properties and values of enumerations.
fn shape(schema: &Value) -> Value {
    let names = schema["properties"].as_object().into_iter().flatten();
    let names: Vec<&String> = names.map(|(name, _)| name).collect();
    json!({ "names": names, "values": schema["enum"], "variants": schema["oneOf"] })
}

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
