//! What clients see and do about themselves.

use domain::{
    Role,
    wording::{WordList, lint},
};
use serde_json::{Value, json};
use tests::{TestApp, on_both, steps::id_of};

use crate::documented;

pub(crate) const PHONE: &str = "13900007777";

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

pub(crate) async fn missed_once(app: &TestApp) -> (String, Value) {
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
