//! Clients, cases and appointments over HTTP: what is taken, what is refused and where.

mod clients;

use domain::Role;
use serde_json::{Value, json};
use tests::{TestApp, on_both};

fn a_client() -> Value {
    json!({
        "name": "王小明", "sex": "male", "id_number": "11010519900307283x",
        "phone": "+86 138 0013 8000", "phone_confirmed": true,
    })
}

fn a_case(app: &TestApp) -> Value {
    json!({
        "measure": "community_treatment",
        "office_id": app.seed().office,
        "caseworker_id": app.seed().staff("caseworker"),
        "term_months": 36,
        "decision": {
            "document_no": "拱公(社)字〔2025〕12号",
            "issuing_authority": "拱墅区分局",
            "issued_on": "2025-08-28",
            "received_on": "2025-09-01",
        },
    })
}

/// The same body with one field, by pointer, set to something else.
fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[field] = value;
    body
}

async fn ordered_case(app: &TestApp, token: &str) -> (String, String) {
    let client = app.post(token, "/v1/clients", a_client()).await.expect(201);
    let client = client["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/clients/{client}/cases");
    let case = app.post(token, &path, a_case(app)).await.expect(201);
    (
        client,
        format!("/v1/cases/{}", case["id"].as_str().unwrap()),
    )
}

/// A case that reported in on the day it was ordered, 2025-09-05 in the vectors of the rules.
async fn active_case(app: &TestApp, token: &str) -> String {
    let (_, case) = ordered_case(app, token).await;
    app.advance("2025-09-05T10:00").await;
    let body = json!({ "reported_in_on": "2025-09-05", "agreement_signed_on": "2025-09-05" });
    app.post(token, &format!("{case}/report-in"), body)
        .await
        .expect(200);
    case
}

async fn appointments(app: &TestApp, token: &str, case: &str) -> Vec<Value> {
    let page = app
        .get(token, &format!("{case}/appointments?limit=100"))
        .await
        .expect(200);
    page["items"].as_array().unwrap().clone()
}

on_both! {
    async fn a_case_is_refused_at_the_field_at_fault(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let client = app.post(&token, "/v1/clients", a_client()).await.expect(201);
        let path = format!("/v1/clients/{}/cases", client["id"].as_str().unwrap());
        let other = app.seed().staff("other.caseworker");
        let auditor = app.seed().staff("auditor");
        for (pointer, value, code) in [
            ("/term_months", json!(0), "invalid_term"),
            ("/term_months", json!(37), "invalid_term"),
            ("/rule_pack", json!("cn-nowhere"), "unknown_rule_pack"),
            ("/caseworker_id", json!(other), "caseworker_not_in_office"),
            ("/caseworker_id", json!(auditor), "caseworker_not_in_office"),
            ("/office_id", json!(app.seed().other_office), "invalid_value"),
            ("/office_id", json!(app.seed().foreign.office), "invalid_value"),
            ("/decision/received_on", json!("2025-09-02"), "date_in_future"),
            ("/decision/received_on", json!("2025-08-27"), "date_before_decision"),
            ("/decision/received_on", json!("2025-02-30"), "invalid_value"),
            ("/decision/term_ends_on", json!("2025-08-31"), "invalid_term"),
            ("/decision/document_no", json!(" "), "invalid_value"),
        ] {
            let body = with(a_case(&app), pointer, value);
            let refused = app.post(&token, &path, body).await.problem(422, code);
            assert_eq!(refused["errors"][0]["pointer"], pointer);
        }
        assert_eq!(app.get(&token, "/v1/cases").await.expect(200)["items"], json!([]));

        let case = app.post(&token, &path, a_case(&app)).await.expect(201);
        assert_eq!(case["status"], "ordered");
        assert_eq!(case["report_in_due_on"], "2025-09-16");
        app.post(&token, &path, a_case(&app)).await.problem(409, "case_still_open");
    }

    async fn the_report_in_plans_the_term_once(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let (_, case) = ordered_case(&app, &token).await;
        app.advance("2025-09-05T10:00").await;
        let path = format!("{case}/report-in");
        for (body, code, pointer) in [
            (json!({ "reported_in_on": "2025-09-06" }), "date_in_future", "/reported_in_on"),
            (json!({ "reported_in_on": "2025-08-31" }), "report_in_before_receipt", "/reported_in_on"),
            (
                json!({ "reported_in_on": "2025-09-05", "agreement_signed_on": "2025-09-04" }),
                "invalid_value",
                "/agreement_signed_on",
            ),
        ] {
            let refused = app.post(&token, &path, body).await.problem(422, code);
            assert_eq!(refused["errors"][0]["pointer"], pointer);
        }
        let body = json!({ "reported_in_on": "2025-09-05" });
        let active = app.post(&token, &path, body.clone()).await.expect(200);
        assert_eq!(active["status"], "active");
        assert_eq!(active["late"], false);
        assert_eq!(active["term_ends_on"], "2028-09-04");
        app.post(&token, &path, body).await.problem(409, "already_reported_in");

        let items = appointments(&app, &token, &case).await;
        assert_eq!(items.len(), 22);
        assert_eq!(items[0]["due_on"], "2025-10-09");
        assert_eq!(items[6]["due_on"], "2026-04-07");
        assert_eq!(items[0]["why"]["rule_pack"], "cn-default");

        let preview = json!({
            "measure": "community_treatment", "reported_in_on": "2025-09-05", "term_months": 36,
        });
        let preview = app.post(&token, "/v1/schedule-previews", preview).await.expect(200);
        for (planned, item) in preview["items"].as_array().unwrap().iter().zip(&items) {
            assert_eq!(planned["due_on"], item["due_on"]);
        }
        let steps = app.get(&token, &format!("{case}/transitions")).await.expect(200);
        assert_eq!(steps["items"][0]["to_status"], "active");
    }

    async fn a_late_report_in_is_taken_and_one_in_time_clears_the_escalation(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        for (id_number, came, late, escalation) in [
            ("11010519900307283X", "2025-09-20", true, "open"),
            ("11010519491231002X", "2025-09-16", false, "withdrawn"),
        ] {
            let sex = if late { "male" } else { "female" };
            let body = with(with(a_client(), "/id_number", json!(id_number)), "/sex", json!(sex));
            let client = app.post(&token, "/v1/clients", body).await.expect(201);
            let path = format!("/v1/clients/{}/cases", client["id"].as_str().unwrap());
            let case = app.post(&token, &path, a_case(&app)).await.expect(201);
            let id = case["id"].as_str().unwrap();
            app.advance_to(app.now().max(tests::app::china("2025-09-20T10:00"))).await;
            let overdue = app.get(&token, &format!("/v1/cases/{id}")).await.expect(200);
            assert_eq!(overdue["status"], "overdue_report_in");
            let to_do = format!("/v1/tasks?case_id={id}&limit=100");
            let search = async |app: &TestApp| {
                let mut tasks = app.all_items(&token, &to_do).await;
                tasks.retain(|task| task["kind"] == "overdue_report_in");
                tasks.iter().map(|task| task["status"].clone()).collect::<Vec<_>>()
            };
            assert_eq!(search(&app).await, ["open"]);
            let body = json!({ "reported_in_on": came });
            let path = format!("/v1/cases/{id}/report-in");
            let active = app.post(&token, &path, body).await.expect(200);
            assert_eq!(active["late"], late);
            assert_eq!(search(&app).await, ["cancelled"]);
            let files = app.get(&token, "/v1/escalations?kind=overdue_report_in").await.expect(200);
            let file = files["items"].as_array().unwrap().iter().find(|file| file["case_id"] == id);
            assert_eq!(file.unwrap()["status"], escalation);
        }
    }

    async fn a_replan_shows_before_it_moves(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let case = active_case(&app, &token).await;
        let before = appointments(&app, &token, &case).await;
        let path = format!("{case}/replans");
        let admin = app.login(Role::AgencyAdmin).await;
        let document = domain::rule_pack::shipped()[0]
            .1
            .replace("\"cn-default\"", "\"cn-slower\"")
            .replace("[1, 2, 3]", "[2, 2, 3]");
        app.post(&admin, "/v1/rule-packs", json!({ "document": document })).await.expect(201);
        let body = json!({ "rule_pack": "cn-slower", "reason": "新频次" });
        let shown =
            app.post(&token, &format!("{path}?dry_run=true"), body.clone()).await.expect(200);
        assert_eq!(appointments(&app, &token, &case).await, before);
        assert_eq!(app.get(&token, &case).await.expect(200)["rule_pack"], "cn-default");
        let moved = app.post(&token, &path, body).await.expect(200);
        assert_eq!(moved["moves"], shown["moves"]);
        let after = appointments(&app, &token, &case).await;
        // Item 1 is open and stays; the slower steps leave five of the first year's others.
        assert_eq!(after[0], before[0]);
        assert_eq!(after[1]["due_on"], "2026-01-04");
        let left = after.iter().filter(|item| item["status"] != "cancelled").count();
        assert_eq!(left, 16);
        assert_eq!(app.get(&token, &case).await.expect(200)["rule_pack"], "cn-slower");
        let unknown = json!({ "rule_pack": "cn-default", "rule_pack_version": 99, "reason": "r" });
        let refused = app.post(&token, &path, unknown).await.problem(422, "unknown_rule_pack");
        assert_eq!(refused["errors"][0]["pointer"], "/rule_pack_version");
    }

    async fn only_a_miss_is_labelled_and_a_deferral_can_be_taken_back(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let case = active_case(&app, &token).await;
        let items = appointments(&app, &token, &case).await;
        let future = format!("/v1/appointments/{}/label", items[5]["id"].as_str().unwrap());
        let evaded = json!({ "label": "evaded_or_refused", "reason": "r" });
        app.post(&token, &future, evaded.clone()).await.problem(409, "appointment_not_missed");

        app.advance("2025-10-20T10:00").await;
        let item = format!("/v1/appointments/{}", items[0]["id"].as_str().unwrap());
        assert_eq!(app.get(&token, &item).await.expect(200)["status"], "missed");
        let path = format!("{item}/label");
        let deferred = json!({ "label": "deferred", "reason": "r" });
        app.post(&token, &path, deferred.clone()).await.problem(422, "make_up_date_required");
        for day in ["2025-10-19", "2028-09-05"] {
            let body = with(deferred.clone(), "/make_up_due_on", json!(day));
            let refused = app.post(&token, &path, body).await.problem(422, "invalid_value");
            assert_eq!(refused["errors"][0]["pointer"], "/make_up_due_on");
        }
        let body = with(deferred, "/make_up_due_on", json!("2025-10-24"));
        let moved = app.post(&token, &path, body.clone()).await.expect(200);
        assert_eq!(moved["status"], "deferred");
        assert_eq!(moved["counted_misses"], 0);
        assert_eq!(moved["make_up"]["due_on"], "2025-10-24");

        let back = app.post(&token, &path, evaded).await.expect(200);
        assert_eq!((&back["status"], &back["counted_misses"]), (&json!("missed"), &json!(1)));
        let again = app.post(&token, &path, body).await.expect(200);
        assert_eq!(again["make_up"]["generation"], 2);
        let all = appointments(&app, &token, &case).await;
        // Both were made at one instant for one day: only their generations tell them apart.
        let make_up = |generation: i32| all.iter().find(|item| item["generation"] == generation);
        assert_eq!(make_up(1).unwrap()["status"], "cancelled");
        assert_eq!(make_up(2).unwrap()["status"], "scheduled");
    }

    async fn a_case_ends_with_its_term_or_before_it(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let head = app.login(Role::Supervisor).await;
        let case = active_case(&app, &token).await;
        let completion = json!({ "document_no": "解字7号" });
        let path = format!("{case}/completion");
        app.post(&token, &path, completion.clone()).await.problem(403, "forbidden");
        app.post(&head, &path, completion).await.problem(409, "illegal_transition");
        let body = json!({ "kind": "imprisonment", "reason": "移送执行", "document_no": "88号" });
        let path = format!("{case}/termination");
        let ended = app.post(&head, &path, body.clone()).await.expect(200);
        assert_eq!(ended["status"], "terminated");
        app.post(&head, &path, body).await.problem(409, "illegal_transition");
        let items = appointments(&app, &token, &case).await;
        assert!(items.iter().all(|item| item["status"] == "cancelled"));
        let page = app.get(&token, "/v1/appointments?status=scheduled&due_from=2025-09-01").await;
        assert_eq!(page.expect(200)["items"], json!([]));
    }

    async fn pages_of_appointments_hold_each_once(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let case = active_case(&app, &token).await;
        let all: Vec<Value> = appointments(&app, &token, &case).await;
        let mut walked = Vec::new();
        let mut path = "/v1/appointments?limit=5".to_owned();
        loop {
            let page = app.get(&token, &path).await.expect(200);
            walked.extend(page["items"].as_array().unwrap().clone());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/v1/appointments?limit=5&cursor={cursor}");
        }
        assert_eq!(walked, all);
        let mixed = path.replace("limit=5", "limit=5&status=open");
        app.get(&token, &mixed).await.problem(400, "invalid_cursor");
        let stranger = app.login_as("colleague").await;
        app.get(&stranger, &format!("{case}/appointments")).await.problem(404, "not_found");
    }
}
