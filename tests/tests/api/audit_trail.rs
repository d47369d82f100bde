//! The auditor's view: filters, export, and what a flood of refusals leaves.

use chrono::TimeDelta;
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use storage::audit_log;
use tests::{TestApp, app::PASSWORD, on_both};

async fn entries(app: &TestApp, query: &str) -> Vec<Value> {
    let token = app.login(Role::Auditor).await;
    app.all_items(&token, &format!("/v1/audit-entries?limit=100&{query}"))
        .await
}

/// Fields of a line without quoted ones.
fn fields(line: &str) -> Vec<&str> {
    line.split(',').collect()
}

on_both! {
    async fn the_trail_is_filtered_by_outcome_and_time(app: TestApp) {
        let token = app.login_as("colleague").await;
        let client = app.register_client("王小明", "13900001111").await;
        app.get(&token, &format!("/v1/clients/{client}")).await.problem(404, "not_found");
        app.get(&token, "/v1/audit-entries").await.problem(403, "forbidden");
        let colleague = app.seed().staff("colleague");
        let refused = entries(&app, &format!("actor_id={colleague}&outcome=refused")).await;
        let told: Vec<_> = refused
            .iter()
            .map(|entry| (entry["action"].as_str().unwrap(), entry["reason"].as_str().unwrap()))
            .collect();
        assert_eq!(told, [("list_audit_entries", "forbidden"), ("get_client", "not_found")]);
        let done = entries(&app, &format!("actor_id={colleague}&outcome=done")).await;
        assert!(!done.is_empty() && done.iter().all(|entry| entry["outcome"] == "done"));
        let before = app.now().to_rfc3339().replace('+', "%2B");
        assert!(entries(&app, &format!("actor_id={colleague}&to={before}")).await.is_empty());
        let token = app.login(Role::Auditor).await;
        app.get(&token, "/v1/audit-entries?outcome=maybe").await.problem(400, "invalid_query");
    }

    /// Whole and in order however long it is, without a field that a spreadsheet would run.
    async fn the_export_is_the_whole_trail_and_no_formula(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let evil = "-2.5:SUM_A1_A9";
        let request = app.request(Method::POST, "/v1/clients").bearer_auth(&token);
        let body = json!({ "name": "王小明", "sex": "male" });
        app.send(request.header("x-request-id", evil).json(&body)).await.expect(201);
        // More than one piece.
        for _ in 0..6 {
            let ids: Vec<String> = (0..200).map(|number| format!("={number}")).collect();
            app.write(|work| casework::record::audit_each(work, "test", "test", &ids));
        }
        let token = app.login(Role::Auditor).await;
        let head = |app: &TestApp| {
            let agency = app.seed().agency;
            app.store().read(|tx| audit_log::head(tx, agency)).unwrap().unwrap().seq
        };
        let end = head(&app);
        let answer = app.get(&token, "/v1/audit-entries/export").await;
        assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
        let disposition = answer.header("content-disposition").unwrap();
        assert!(disposition.starts_with("attachment"), "{disposition}");
        assert_eq!(head(&app), end + 1, "the export itself is in the trail");
        let text = answer.expect(200);
        let lines: Vec<&str> = text.as_str().unwrap().split_terminator("\r\n").collect();
        assert_eq!(fields(lines[0])[..2], ["seq", "at"]);
        let numbers: Vec<i64> = lines[1..].iter().map(|line| fields(line)[0].parse().unwrap()).collect();
        let expected: Vec<i64> = (1..=end).rev().collect();
        assert_eq!(numbers, expected);
        for line in &lines[1..] {
            for field in fields(line) {
                assert!(!field.starts_with(['=', '+', '-', '@', '\t', '\r']), "{line}");
            }
        }
        assert!(lines.iter().any(|line| fields(line).contains(&"'-2.5:SUM_A1_A9")));
        assert!(lines.iter().any(|line| fields(line).contains(&"'=199")));

        let some = app.get(&token, "/v1/audit-entries/export?action=register_client").await.expect(200);
        assert_eq!(some.as_str().unwrap().lines().count(), 2);
        let newest = &entries(&app, "action=export_audit_entries").await[0];
        assert_eq!(newest["object_id"], format!("1..{}", end + 1));
    }

    /// A few entries, then one for the rest: neither the trail nor the disk is filled.
    async fn a_flood_of_refusals_leaves_a_few_entries_and_their_number(app: TestApp) {
        let colleague = app.login_as("colleague").await;
        let flood = async |times: usize| {
            for _ in 0..times {
                app.get(&colleague, "/v1/audit-entries").await.problem(403, "forbidden");
            }
        };
        let left = async |query: &str| entries(&app, query).await;
        flood(30).await;
        let query = "action=list_audit_entries&outcome=refused";
        assert_eq!(left(query).await.len(), 5);
        app.advance_to(app.now() + TimeDelta::minutes(1)).await;
        flood(1).await;
        let all = left(query).await;
        assert_eq!(all.len(), 7);
        assert_eq!(all[1]["reason"], "left_out:25");
        assert_eq!(all[1]["actor_id"], app.seed().staff("colleague").to_string());
    }

    async fn a_flood_of_wrong_passwords_leaves_a_few_entries(app: TestApp) {
        let wrong = json!({ "username": "caseworker", "password": "not the password" });
        for _ in 0..12 {
            let request = app.request(Method::POST, "/v1/sessions").json(&wrong);
            let answer = app.send(request).await;
            assert!(matches!(answer.status.as_u16(), 401 | 429), "{:#}", answer.body);
        }
        let refused = entries(&app, "action=create_session&outcome=refused").await;
        assert!((1..=5).contains(&refused.len()), "{}", refused.len());
        let staff = app.seed().staff("caseworker").to_string();
        assert!(refused.iter().all(|entry| entry["object_id"] == staff));
        let good = json!({ "username": "auditor", "password": PASSWORD });
        app.send(app.request(Method::POST, "/v1/sessions").json(&good)).await.expect(201);
    }
}
