//! Refused steps of the daily work: tests, excuses, labels, escalations, tasks. Each has its code
//! and its pointer, and the database is to the byte what it was.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    TestApp, on_both,
    steps::{Journey, id_of},
};

use crate::problems;

/// Sends what is to be refused, and looks whether anything was stored.
pub async fn refuse(
    app: &TestApp,
    (caller, method, path): (&str, Method, &str),
    body: &Value,
    (code, pointer): (&str, Option<&str>),
) {
    let token = app.login_as(caller).await;
    let before = app.contents();
    let mut request = app.request(method, path).bearer_auth(token);
    if !body.is_null() {
        request = request.json(body);
    }
    let answer = app.send(request).await;
    assert!(!answer.status.is_success(), "{path} takes {body:#}");
    problems::assert_whole(&answer);
    let answer = answer.body;
    assert_eq!(answer["code"], code, "{path} {body:#}: {answer:#}");
    let at = answer["errors"][0]["pointer"].as_str();
    assert_eq!(at, pointer, "{path} {body:#}: {answer:#}");
    let after = app.contents();
    let changed = after.changed_since(&before);
    assert!(
        changed.is_empty(),
        "{path} {body:#} leaves something in {changed:?}"
    );
}

/// [`refuse`] of a POST by the caseworker.
async fn refuse_post(app: &TestApp, path: &str, body: &Value, code: &str, pointer: Option<&str>) {
    refuse(
        app,
        ("caseworker", Method::POST, path),
        body,
        (code, pointer),
    )
    .await;
}

async fn running(app: &TestApp) -> (Journey, Vec<Value>) {
    app.advance("2025-09-05T10:00").await;
    let journey = app
        .active_case("community_treatment", 36, "2025-09-05")
        .await;
    app.run_until_idle().await;
    let items = app.appointments(&journey).await;
    (journey, items)
}

fn of(item: &Value, rest: &str) -> String {
    format!("/v1/appointments/{}/{rest}", id_of(item))
}

fn a_test(app: &TestApp, pointer: &str, value: Value) -> Value {
    let seed = app.seed();
    let mut body = json!({
        "sample": "urine", "method": "on_site", "collected_at": app.now(),
        "collector_ids": [seed.staff("caseworker"), seed.staff("supervisor")],
        "result": "negative", "client_signed": true,
    });
    if !pointer.is_empty() {
        body[pointer] = value;
    }
    body
}

async fn third_miss(app: &TestApp) -> (Vec<Value>, String) {
    let (_, items) = running(app).await;
    for item in &items[..3] {
        app.let_pass(item).await;
    }
    let files = app.escalations().await;
    (items, format!("/v1/escalations/{}", id_of(&files[0])))
}

async fn done(app: &TestApp, caller: &str, path: &str, body: Value) -> Value {
    let token = app.login_as(caller).await;
    let answer = app.post(&token, path, body).await;
    assert!(answer.status.is_success(), "{path}: {:#}", answer.body);
    answer.body
}

on_both! {
    async fn tests_that_cannot_have_been_taken_so(app: TestApp) {
        let (journey, items) = running(&app).await;
        let path = of(&items[0], "test-records");
        let (now, seed) = (app.now(), app.seed());
        let [caseworker, head] = ["caseworker", "supervisor"].map(|name| seed.staff(name));
        for (field, value, code, pointer) in [
            ("collector_ids", json!([]), "too_few_collectors", "/collector_ids"),
            ("collector_ids", json!([caseworker, seed.staff("other.caseworker")]), "collector_not_in_office", "/collector_ids/1"),
            ("collector_ids", json!([seed.staff("foreign.caseworker"), head]), "collector_not_in_office", "/collector_ids/0"),
            ("collector_ids", json!([caseworker, seed.staff("auditor")]), "collector_not_in_office", "/collector_ids/1"),
            ("collector_ids", json!([caseworker, journey.case]), "collector_not_in_office", "/collector_ids/1"),
            ("collector_ids", json!([caseworker, "nobody"]), "invalid_value", "/collector_ids/1"),
            ("collector_ids", json!(vec![caseworker; 21]), "invalid_value", "/collector_ids"),
            ("collected_at", json!(now + TimeDelta::seconds(1)), "date_in_future", "/collected_at"),
            ("collected_at", json!("2025-09-04T15:59:59Z"), "outside_window", "/collected_at"),
            ("collected_at", json!("2025-09-31T10:00:00Z"), "invalid_value", "/collected_at"),
            ("collected_at", json!("2025-09-05"), "invalid_value", "/collected_at"),
            ("told_at", json!(now - TimeDelta::seconds(1)), "invalid_value", "/told_at"),
            ("told_at", json!(now + TimeDelta::seconds(1)), "date_in_future", "/told_at"),
            ("kit_expires_on", json!("2025-02-29"), "invalid_value", "/kit_expires_on"),
            ("kit_lot", json!("a\nb"), "invalid_value", "/kit_lot"),
            ("note", json!("字".repeat(2_001)), "invalid_value", "/note"),
            ("sample", json!("breath"), "invalid_value", "/sample"),
            ("panel", json!({ "morphine": "some" }), "invalid_value", "/panel/morphine"),
            ("counts", json!(true), "unknown_field", "/counts"),
        ] {
            refuse_post(&app, &path, &a_test(&app, field, value), code, Some(pointer)).await;
        }
        let mut unsigned = a_test(&app, "", Value::Null);
        unsigned.as_object_mut().unwrap().remove("client_signed");
        refuse_post(&app, &path, &unsigned, "invalid_value", Some("/client_signed")).await;
    }

    async fn tests_for_appointments_that_are_closed_or_anothers(app: TestApp) {
        let (journey, items) = running(&app).await;
        app.test(&items[0]).await;
        let body = a_test(&app, "", Value::Null);
        let path = of(&items[0], "test-records");
        refuse_post(&app, &path, &body, "appointment_closed", None).await;
        let next = of(&items[1], "test-records");
        refuse_post(&app, &next, &body, "appointment_not_open_yet", Some("/collected_at")).await;
        for caller in ["colleague", "other.supervisor", "foreign.supervisor"] {
            for path in [of(&items[1], "test-records"), journey.path("/test-records")] {
                refuse(&app, (caller, Method::POST, &path), &body, ("not_found", None)).await;
            }
        }
        let path = format!("/v1/appointments/{}/test-records", journey.case);
        refuse_post(&app, &path, &body, "not_found", None).await;

        let end = json!({ "kind": "imprisonment", "reason": "移送执行" });
        done(&app, "supervisor", &journey.path("/termination"), end).await;
        refuse_post(&app, &of(&items[1], "test-records"), &body, "case_not_active", None).await;
        refuse_post(&app, &journey.path("/test-records"), &body, "case_not_active", None).await;
    }

    /// One collector is no fault of the form: the record is kept and does not count.
    async fn a_test_with_one_collector_completes_nothing(app: TestApp) {
        let (journey, items) = running(&app).await;
        let caseworker = app.seed().staff("caseworker");
        for collectors in [json!([caseworker]), json!([caseworker, caseworker])] {
            let body = a_test(&app, "collector_ids", collectors);
            let record = done(&app, "caseworker", &of(&items[0], "test-records"), body).await;
            assert_eq!((&record["counts"], &record["counts_reason"]), (&json!(false), &json!("second_collector_missing")));
            assert_eq!(record["completed_appointment_id"], Value::Null);
        }
        assert_eq!(app.appointments(&journey).await[0]["status"], "open");
    }

    async fn excuses_that_make_no_sense_or_come_twice(app: TestApp) {
        let (_, items) = running(&app).await;
        let path = of(&items[0], "excuses");
        for (body, code, pointer) in [
            (json!({ "reason_code": "weather" }), "unknown_excuse_code", "/reason_code"),
            (json!({ "reason_code": "other" }), "note_required", "/note"),
            (json!({ "reason_code": "illness", "evidence_due_on": "2025-09-04" }), "invalid_value", "/evidence_due_on"),
            (json!({ "reason_code": "illness", "evidence_due_on": "2025-09-31" }), "invalid_value", "/evidence_due_on"),
            (json!({ "reason_code": "illness", "status": "accepted" }), "unknown_field", "/status"),
            (json!({}), "invalid_value", "/reason_code"),
        ] {
            refuse_post(&app, &path, &body, code, Some(pointer)).await;
        }
        let body = json!({ "reason_code": "illness", "evidence_due_on": "2025-09-12" });
        let excuse = done(&app, "caseworker", &path, body.clone()).await;
        refuse_post(&app, &path, &body, "excuse_pending", None).await;

        let decision = format!("/v1/excuses/{}/decision", id_of(&excuse));
        let to_decide = ("supervisor", Method::POST, decision.as_str());
        for (body, code, pointer) in [
            (json!({ "decision": "accept", "reason": " " }), "invalid_value", "/reason"),
            (json!({ "decision": "make_up", "reason": "改期" }), "make_up_date_required", "/make_up_due_on"),
            (json!({ "decision": "make_up", "reason": "改期", "make_up_due_on": "2025-09-04" }), "invalid_value", "/make_up_due_on"),
            (json!({ "decision": "reject", "reason": "改期", "make_up_due_on": "2025-09-20" }), "invalid_value", "/make_up_due_on"),
            (json!({ "decision": "forget", "reason": "改期" }), "invalid_value", "/decision"),
        ] {
            refuse(&app, to_decide.clone(), &body, (code, Some(pointer))).await;
        }
        let accept = json!({ "decision": "accept", "reason": "有住院证明" });
        done(&app, "supervisor", &decision, accept.clone()).await;
        refuse(&app, to_decide, &accept, ("excuse_decided", None)).await;
        refuse_post(&app, &path, &body, "excuse_decided", None).await;
        let withdrawal = format!("/v1/excuses/{}/withdrawal", id_of(&excuse));
        refuse_post(&app, &withdrawal, &json!({}), "excuse_decided", None).await;
    }

    async fn labels_before_their_time_and_out_of_it(app: TestApp) {
        let (_, items) = running(&app).await;
        let evaded = json!({ "label": "evaded_or_refused", "reason": "没有来" });
        for item in [&items[0], &items[5]] {
            refuse_post(&app, &of(item, "label"), &evaded, "appointment_not_missed", None).await;
        }
        app.let_pass(&items[0]).await;
        let path = of(&items[0], "label");
        for (body, code, pointer) in [
            (json!({ "label": "excused", "reason": "没有来" }), "invalid_value", "/label"),
            (json!({ "label": "evaded_or_refused", "reason": "" }), "invalid_value", "/reason"),
            (json!({ "label": "evaded_or_refused" }), "invalid_value", "/reason"),
            (json!({ "label": "deferred", "reason": "改期" }), "make_up_date_required", "/make_up_due_on"),
            (json!({ "label": "deferred", "reason": "改期", "make_up_due_on": "2025-10-01" }), "invalid_value", "/make_up_due_on"),
            (json!({ "label": "service_fault", "reason": "改期", "make_up_due_on": "2025-10-20" }), "invalid_value", "/make_up_due_on"),
        ] {
            refuse_post(&app, &path, &body, code, Some(pointer)).await;
        }
    }

    async fn steps_of_a_file_out_of_order_or_by_the_wrong_person(app: TestApp) {
        let (items, file) = third_miss(&app).await;
        let step = |rest: &str| format!("{file}/{rest}");
        let reason = json!({ "reason": "已核查" });
        refuse_post(&app, &step("submit"), &reason, "escalation_blocked", Some("/blockers")).await;
        let referral = |pointer: &str, value: Value| {
            let mut body = json!({
                "receipt_no": "收2026-3", "police_unit": "城东派出所", "officer": "陈警官",
                "handed_over_at": app.now(),
            });
            body[pointer] = value;
            body
        };
        let right = referral("receipt_no", json!("收2026-3"));
        refuse_post(&app, &step("referral"), &right, "illegal_transition", None).await;
        let head = |rest: &str| ("supervisor", Method::POST, step(rest));
        let (caller, method, path) = head("sign-off");
        refuse(&app, (caller, method, &path), &reason, ("illegal_transition", None)).await;
        refuse_post(&app, &step("statement"), &json!({ "statement": " " }), "invalid_value", Some("/statement")).await;

        for item in &items[..3] {
            let body = json!({ "label": "evaded_or_refused", "reason": "本人表示不来" });
            done(&app, "caseworker", &of(item, "label"), body).await;
        }
        done(&app, "supervisor", &step("submit"), reason.clone()).await;
        let (caller, method, path) = head("sign-off");
        refuse(&app, (caller, method, &path), &reason, ("sign_off_by_submitter", None)).await;
        refuse_post(&app, &step("submit"), &reason, "illegal_transition", None).await;
        let (caller, method, path) = head("dismiss");
        refuse(&app, (caller, method, &path), &json!({ "reason": "" }), ("invalid_value", Some("/reason"))).await;
    }

    async fn papers_of_a_file_with_impossible_days(app: TestApp) {
        let (items, file) = third_miss(&app).await;
        for item in &items[..3] {
            let body = json!({ "label": "evaded_or_refused", "reason": "本人表示不来" });
            done(&app, "caseworker", &of(item, "label"), body).await;
        }
        let reason = json!({ "reason": "已核查" });
        done(&app, "caseworker", &format!("{file}/submit"), reason.clone()).await;
        done(&app, "supervisor", &format!("{file}/sign-off"), reason).await;
        let path = format!("{file}/referral");
        let right = json!({
            "receipt_no": "收2026-3", "police_unit": "城东派出所", "officer": "陈警官",
            "handed_over_at": app.now(),
        });
        for (field, value, code) in [
            ("receipt_no", json!(""), "invalid_value"),
            ("police_unit", json!("字".repeat(101)), "invalid_value"),
            ("officer", json!("a\nb"), "invalid_value"),
            ("handed_over_at", json!(app.now() + TimeDelta::seconds(1)), "date_in_future"),
            ("handed_over_at", json!(app.now() - TimeDelta::days(1)), "invalid_value"),
            ("outcome", json!("isolation"), "unknown_field"),
        ] {
            let mut body = right.clone();
            body[field] = value;
            refuse_post(&app, &path, &body, code, Some(&format!("/{field}"))).await;
        }
        done(&app, "caseworker", &path, right).await;
        let path = format!("{file}/outcome");
        for (body, code, pointer) in [
            (json!({ "decision": "other", "document_no": "1号", "decided_on": "2025-12-10" }), "note_required", "/note"),
            (json!({ "decision": "continue", "document_no": "", "decided_on": "2025-12-10" }), "invalid_value", "/document_no"),
            (json!({ "decision": "continue", "document_no": "1号", "decided_on": "2025-12-11" }), "date_in_future", "/decided_on"),
            (json!({ "decision": "continue", "document_no": "1号", "decided_on": "2025-12-09" }), "invalid_value", "/decided_on"),
            (json!({ "decision": "release", "document_no": "1号", "decided_on": "2025-12-10" }), "invalid_value", "/decision"),
        ] {
            refuse_post(&app, &path, &body, code, Some(pointer)).await;
        }
    }

    async fn tasks_are_done_once_and_as_what_they_are(app: TestApp) {
        let (_, file) = third_miss(&app).await;
        let token = app.login_as("supervisor").await;
        let tasks = app.all_items(&token, "/v1/tasks?status=open&limit=100").await;
        let kind = |kind: &str| {
            let found = tasks.iter().find(|task| task["kind"] == kind);
            format!("/v1/tasks/{}/done", id_of(found.unwrap_or_else(|| panic!("{tasks:#?}"))))
        };
        let review = kind("review_escalation");
        refuse_post(&app, &review, &json!({ "outcome": "reached" }), "invalid_value", Some("/outcome")).await;
        refuse_post(&app, &review, &json!({ "outcome": "gone" }), "invalid_value", Some("/outcome")).await;
        let talk = kind("first_miss_talk");
        refuse_post(&app, &talk, &json!({ "outcome": "reached", "note": "" }), "invalid_value", Some("/note")).await;
        done(&app, "caseworker", &talk, json!({ "outcome": "reached", "note": "已谈话" })).await;
        refuse_post(&app, &talk, &json!({ "outcome": "reached" }), "task_closed", None).await;
        assert_eq!(app.get(&token, &file).await.expect(200)["status"], "open");
    }
}
