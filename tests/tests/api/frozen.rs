//! Frozen files: half a year after its end a case's file is there for nobody, until it is opened.

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use storage::audit_log::{self, AuditEntry, Filter};
use tests::{
    Response, TestApp, on_both,
    steps::{Journey, id_of},
};

const PHONE: &str = "13900001111";

/// A case that ended on 5 September 2025, the day it began.
async fn ended_case(app: &TestApp) -> Journey {
    app.advance("2025-09-05T10:00").await;
    let journey = app.born_with_case(PHONE, "2025-09-05").await;
    end(app, &journey).await;
    journey
}

async fn end(app: &TestApp, journey: &Journey) {
    let token = app.login(Role::Supervisor).await;
    let body = json!({ "kind": "imprisonment", "reason": "移送执行" });
    app.post(&token, &journey.path("/termination"), body)
        .await
        .expect(200);
}

/// What there is to read of a file.
fn paths(journey: &Journey, appointment: &str) -> Vec<String> {
    let client = format!("/v1/clients/{}", journey.client);
    let mut paths: Vec<String> = ["", "/consents", "/family-contacts", "/check-ins"]
        .map(|rest| format!("{client}{rest}"))
        .into();
    paths.extend(
        ["", "/transitions", "/appointments", "/test-records"].map(|rest| journey.path(rest)),
    );
    paths.push(format!("/v1/appointments/{appointment}"));
    paths
}

/// How often the lists of a caller show the case or the client.
async fn listed(app: &TestApp, caller: &str, journey: &Journey) -> usize {
    let token = app.login_as(caller).await;
    let mut shown = 0;
    let q = format!("clients?q={PHONE}");
    for list in [
        "clients?limit=100",
        &q,
        "cases?limit=100",
        "appointments?limit=100",
        "messages?limit=100",
        "tasks?limit=100",
    ] {
        let items = app.all_items(&token, &format!("/v1/{list}")).await;
        let text = Value::from(items).to_string();
        shown += text.matches(&journey.case).count() + text.matches(&journey.client).count();
    }
    shown
}

async fn open(app: &TestApp, caller: &str, journey: &Journey, ends_on: &str) -> Response {
    let token = app.login_as(caller).await;
    let body = json!({ "reason_code": "legal_query", "document_no": "查询字〔2026〕5号", "ends_on": ends_on });
    app.post(&token, &journey.path("/openings"), body).await
}

/// What was reported about files, the newest day first.
async fn reports(app: &TestApp) -> Vec<Value> {
    let token = app.login_as("auditor").await;
    let mut reports = app
        .all_items(&token, "/v1/retention-reports?limit=100")
        .await;
    reports.retain(|report| report["subject"] == "case_files");
    reports
}

fn trail(app: &TestApp) -> Vec<AuditEntry> {
    let agency = app.seed().agency;
    let read = app.store().read_in(agency, |tx| {
        audit_log::list(tx, agency, &Filter::default(), None, 1_000)
    });
    read.unwrap()
}

on_both! {
    async fn half_a_year_after_its_end_a_file_is_there_for_nobody(app: TestApp) {
        let journey = ended_case(&app).await;
        let appointment = id_of(&app.appointments(&journey).await[0]);
        let client = app.client_token(PHONE).await;
        app.advance("2026-03-03T12:00").await;
        let callers = ["caseworker", "supervisor", "area.supervisor"];
        for caller in callers {
            assert!(listed(&app, caller, &journey).await > 0, "{caller}");
            let token = app.login_as(caller).await;
            for path in paths(&journey, &appointment) {
                app.get(&token, &path).await.expect(200);
            }
        }

        app.advance("2026-03-06T12:00").await;
        for caller in callers {
            assert_eq!(listed(&app, caller, &journey).await, 0, "{caller}");
            let token = app.login_as(caller).await;
            for path in paths(&journey, &appointment) {
                app.get(&token, &path).await.problem(404, "not_found");
            }
            let path = format!("/v1/clients/{}", journey.client);
            let change = app.request(Method::PATCH, &path).bearer_auth(&token);
            let change = change.json(&json!({ "phone_sms_ok": false }));
            app.send(change).await.problem(404, "not_found");
        }
        let frozen = trail(&app).into_iter().filter(|entry| entry.action == "freeze_case");
        let frozen: Vec<_> = frozen.map(|entry| entry.object_id).collect();
        assert_eq!(frozen, [Some(journey.case.clone())]);
        // What is theirs stays theirs (PIPL art. 45).
        let own = app.get(&client, "/v1/me/appointments").await.expect(200);
        assert!(!own["items"].as_array().unwrap().is_empty());
        app.get(&client, "/v1/me/export").await.expect(200);
        let reports = reports(&app).await;
        let acted: Vec<_> = reports.iter().filter(|report| report["acted"] == 1).collect();
        assert_eq!(acted.len(), 1);
        let report = acted[0];
        assert_eq!((&report["action"], &report["kept"]), (&json!("freeze"), &json!(0)));
        assert_eq!((&report["keep_days"], &report["held_up"]), (&json!(180), &json!(0)));
    }

    async fn a_frozen_file_is_opened_for_a_reason_and_a_while_and_never_changed(app: TestApp) {
        let journey = ended_case(&app).await;
        let appointment = id_of(&app.appointments(&journey).await[0]);
        open(&app, "supervisor", &journey, "2025-09-10").await.problem(409, "conflict");
        app.advance("2026-03-06T12:00").await;
        for caller in ["caseworker", "agency_admin", "security_admin", "auditor"] {
            open(&app, caller, &journey, "2026-03-10").await.problem(403, "forbidden");
        }
        for caller in ["other.supervisor", "other.area.supervisor", "foreign.supervisor"] {
            open(&app, caller, &journey, "2026-03-10").await.problem(404, "not_found");
        }
        for day in ["2026-03-05", "2026-04-05"] {
            let refused = open(&app, "supervisor", &journey, day).await.problem(422, "invalid_value");
            assert_eq!(refused["errors"][0]["pointer"], "/ends_on", "{day}");
        }
        // Found by the number on the paper, which names nobody.
        let supervisor = app.login(Role::Supervisor).await;
        let frozen = app.all_items(&supervisor, "/v1/frozen-cases?document_no=东公(社)字〔2025〕12号").await;
        assert_eq!(frozen.len(), 1);
        assert_eq!(frozen[0]["id"], journey.case.as_str());
        assert!(!frozen[0].to_string().contains(&journey.client));
        assert!(app.all_items(&supervisor, "/v1/frozen-cases?document_no=12号").await.is_empty());

        let opened = open(&app, "supervisor", &journey, "2026-03-10").await.expect(201);
        assert_eq!(opened["closes_at"], "2026-03-10T16:00:00Z");
        assert_eq!(opened["opened_by"], json!(app.seed().staff("supervisor")));
        let kept = trail(&app).into_iter().find(|entry| entry.action == "open_frozen_case" && entry.outcome == "done");
        let reason = kept.and_then(|entry| entry.reason);
        assert_eq!(reason.as_deref(), Some("legal_query: 查询字〔2026〕5号"));
        for caller in ["caseworker", "supervisor", "area.supervisor"] {
            let token = app.login_as(caller).await;
            for path in paths(&journey, &appointment) {
                app.get(&token, &path).await.expect(200);
            }
            assert!(listed(&app, caller, &journey).await > 0, "{caller}");
        }
        let elsewhere = app.login_as("colleague").await;
        app.get(&elsewhere, &journey.path("")).await.problem(404, "not_found");

        let before = app.contents();
        let token = app.login(Role::Caseworker).await;
        let excuse = json!({ "reason_code": "illness", "note": "住院" });
        let path = format!("/v1/appointments/{appointment}/excuses");
        app.post(&token, &path, excuse).await.problem(409, "case_frozen");
        let label = json!({ "label": "evaded_or_refused", "reason": "本人表示不来" });
        let path = format!("/v1/appointments/{appointment}/label");
        app.post(&token, &path, label).await.problem(409, "case_frozen");
        let report_in = json!({ "reported_in_on": "2026-03-06" });
        app.post(&token, &journey.path("/report-in"), report_in).await.problem(409, "case_frozen");
        let end = json!({ "kind": "imprisonment", "reason": "移送执行" });
        app.post(&supervisor, &journey.path("/termination"), end).await.problem(409, "case_frozen");
        let path = format!("/v1/clients/{}", journey.client);
        let change = json!({ "phone_sms_ok": false });
        app.patch(&token, &path, change).await.problem(409, "case_frozen");
        let consent = json!({ "purpose": "family_contact", "text_version": "family-1", "channel": "paper" });
        app.post(&token, &format!("{path}/consents"), consent).await.problem(409, "case_frozen");
        let after = app.contents();
        assert!(after.changed_since(&before).is_empty(), "{:?}", after.changed_since(&before));

        app.advance("2026-03-10T23:59").await;
        app.get(&token, &journey.path("")).await.expect(200);
        app.advance("2026-03-11T00:00").await;
        app.get(&token, &journey.path("")).await.problem(404, "not_found");
        assert_eq!(listed(&app, "caseworker", &journey).await, 0);
    }

    async fn pending_work_holds_freezing_up_and_the_report_says_which(app: TestApp) {
        let journey = ended_case(&app).await;
        let client = app.client_token(PHONE).await;
        let help = json!({ "text": "请联系我" });
        let asked = app.post(&client, "/v1/me/help-requests", help).await;
        assert!(asked.status.is_success(), "{:#}", asked.body);
        app.advance("2026-03-07T12:00").await;
        let token = app.login(Role::Caseworker).await;
        app.get(&token, &journey.path("")).await.expect(200);
        let held = reports(&app).await.remove(0);
        assert_eq!((&held["acted"], &held["held_up"]), (&json!(0), &json!(1)));
        assert_eq!(held["held_up_by"], json!({ "open_tasks": 1 }));
        for task in app.all_items(&token, "/v1/tasks?status=open").await {
            let path = format!("/v1/tasks/{}/done", id_of(&task));
            app.post(&token, &path, json!({ "outcome": "done" })).await.expect(200);
        }
        app.advance("2026-03-09T12:00").await;
        app.get(&token, &journey.path("")).await.problem(404, "not_found");
    }

    async fn of_two_openings_the_later_end_holds(app: TestApp) {
        let journey = ended_case(&app).await;
        app.advance("2026-03-06T12:00").await;
        open(&app, "area.supervisor", &journey, "2026-03-10").await.expect(201);
        let second = open(&app, "supervisor", &journey, "2026-03-07").await.expect(201);
        assert_eq!(second["closes_at"], "2026-03-07T16:00:00Z");
        app.advance("2026-03-09T12:00").await;
        let token = app.login(Role::Supervisor).await;
        app.get(&token, &journey.path("")).await.expect(200);
        let client = format!("/v1/clients/{}", journey.client);
        app.get(&token, &client).await.expect(200);
        let frozen = app.all_items(&token, "/v1/frozen-cases?limit=1").await;
        assert_eq!(frozen[0]["closed_from"], "2026-03-10T16:00:00Z");

        open(&app, "supervisor", &journey, "2026-03-12").await.expect(201);
        app.advance("2026-03-12T12:00").await;
        app.get(&token, &journey.path("")).await.expect(200);
        app.get(&token, &client).await.expect(200);
        app.advance("2026-03-13T00:00").await;
        app.get(&token, &journey.path("")).await.problem(404, "not_found");
        app.get(&token, &client).await.problem(404, "not_found");
    }

    /// A consent can be withdrawn at any time (PIPL art. 15), on paper as well.
    async fn a_consent_is_withdrawn_from_an_open_file(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let journey = app.born_with_case(PHONE, "2025-09-05").await;
        let token = app.login(Role::Supervisor).await;
        let consents = format!("/v1/clients/{}/consents", journey.client);
        let given = json!({ "purpose": "family_contact", "text_version": "family-1", "channel": "paper" });
        app.post(&token, &consents, given.clone()).await.expect(201);
        end(&app, &journey).await;
        app.advance("2026-03-06T12:00").await;
        let withdrawals = format!("{consents}/withdrawals");
        let taken_back = json!({ "purpose": "family_contact", "channel": "paper" });
        app.post(&token, &withdrawals, taken_back.clone()).await.problem(404, "not_found");
        open(&app, "supervisor", &journey, "2026-03-06").await.expect(201);
        let withdrawn = app.post(&token, &withdrawals, taken_back).await;
        assert!(withdrawn.status.is_success(), "{:#}", withdrawn.body);
        app.post(&token, &consents, given).await.problem(409, "case_frozen");
    }

    /// A new decision on the same person: the old file is opened to find them, and stays frozen.
    async fn a_new_case_brings_the_person_back_and_not_the_old_file(app: TestApp) {
        let journey = ended_case(&app).await;
        app.advance("2026-03-06T12:00").await;
        open(&app, "supervisor", &journey, "2026-03-06").await.expect(201);
        let case = app.register_case(&journey.client, "community_treatment", 36, "2026-03-06").await;
        app.advance("2026-03-07T12:00").await;
        let token = app.login(Role::Caseworker).await;
        app.get(&token, &format!("/v1/cases/{}", id_of(&case))).await.expect(200);
        let path = format!("/v1/clients/{}", journey.client);
        app.get(&token, &path).await.expect(200);
        app.patch(&token, &path, json!({ "phone_sms_ok": false })).await.expect(200);
        app.get(&token, &journey.path("")).await.problem(404, "not_found");
    }
}
