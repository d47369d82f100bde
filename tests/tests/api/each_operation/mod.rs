//! Every operation, once: who may, what the others are answered, and what the trail keeps of it.
//!
//! `rows` has one row per operation, in an order in which they can be called one after the other;
//! an operation without a row fails the test.

mod rows;
mod world;

use api::operations::{self, Access, Operation};
use domain::{Role, role};
use reqwest::Method;
use serde_json::Value;
use tests::{Response, TestApp, on_both};

use self::{
    rows::{Reach, Row},
    world::World,
};

fn operation(row: &Row) -> &'static Operation {
    operations::ALL
        .iter()
        .find(|operation| operation.id == row.operation)
        .unwrap()
}

/// Calls an operation as somebody; `None`: without signing in.
async fn call(app: &TestApp, row: &Row, username: Option<&str>) -> Response {
    let method: Method = operation(row).method.as_str().parse().unwrap();
    let mut request = app.request(method, &row.path);
    if let Some(username) = username {
        request = request.bearer_auth(app.login_as(username).await);
    }
    for (name, value) in &row.headers {
        request = request.header(*name, value);
    }
    if let Some(body) = &row.body {
        request = request
            .header("content-type", "application/json")
            .body(body.clone());
    }
    app.send(request).await
}

/// How many entries the agency's trail has.
async fn trail(app: &TestApp) -> i64 {
    let token = app.login(Role::Auditor).await;
    let page = app
        .get(&token, "/v1/audit-entries?limit=1")
        .await
        .expect(200);
    page["items"][0]["seq"].as_i64().unwrap()
}

async fn check(app: &TestApp, row: &Row) {
    let operation = operation(row);
    let id = row.operation;
    if let Access::Staff(permission) = operation.access {
        call(app, row, None).await.problem(401, "unauthenticated");
        for &role in Role::ALL {
            if !role::allows(role, permission) {
                call(app, row, Some(role.as_str()))
                    .await
                    .problem(403, "forbidden");
            }
        }
        let strangers: &[(&str, Role)] = match row.reach {
            Reach::Anything => &[],
            Reach::Agency => &[
                ("foreign.agency_admin", Role::AgencyAdmin),
                ("foreign.supervisor", Role::Supervisor),
            ],
            // A colleague of the same office has cases of her own.
            Reach::Case => &[
                ("foreign.caseworker", Role::Caseworker),
                ("foreign.supervisor", Role::Supervisor),
                ("other.caseworker", Role::Caseworker),
                ("other.supervisor", Role::Supervisor),
                ("colleague", Role::Caseworker),
            ],
        };
        for (username, role) in strangers {
            if role::allows(*role, permission) {
                let answer = call(app, row, Some(username)).await;
                assert_eq!(
                    answer.status.as_u16(),
                    404,
                    "{id} as {username}: {:#}",
                    answer.body
                );
            }
        }
    }
    let before = trail(app).await;
    let answer = call(app, row, row.by).await;
    assert_eq!(
        answer.status.as_u16(),
        row.status,
        "{id}: {:#}",
        answer.body
    );
    let kept = trail(app).await - before;
    let expected = i64::from(operation.is_audited() && answer.status.is_success());
    assert_eq!(kept, expected, "{id} leaves {kept} entries in the trail");
    if kept == 1 {
        let token = app.login(Role::Auditor).await;
        let page = app
            .get(&token, "/v1/audit-entries?limit=1")
            .await
            .expect(200);
        assert_eq!(page["items"][0]["action"], id);
        assert_eq!(page["items"][0]["outcome"], "done");
        assert!(
            page["items"][0]["object_id"].is_string(),
            "{id} does not say on what"
        );
    }
}

on_both! {
    async fn every_operation_answers_each_role_as_the_table_says(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let world = World::build(&app).await;
        for (username, _) in &app.seed().staff {
            app.login_as(username).await;
        }
        let rows = rows::all(&app, &world);
        let mut covered: Vec<&str> = rows.iter().map(|row| row.operation).collect();
        covered.sort_unstable();
        let mut all: Vec<&str> = operations::ALL.iter().map(|operation| operation.id).collect();
        all.sort_unstable();
        assert_eq!(covered, all, "one row for each operation");
        for row in &rows {
            check(&app, row).await;
        }
        app.run_until_idle().await;
    }

    /// What was refused because it is foreign is on file too: somebody reached for it.
    async fn a_foreign_object_reached_for_is_on_file(app: TestApp) {
        let auditor = app.login(Role::Auditor).await;
        let token = app.login_as("other.supervisor").await;
        let office_case = "/v1/cases/0190163d-8694-739b-aea5-966c26f8ad90/report-in";
        let body = serde_json::json!({ "reported_in_on": "2025-09-01" });
        app.post(&token, office_case, body).await.problem(404, "not_found");
        let page = app.get(&auditor, "/v1/audit-entries?limit=1").await.expect(200);
        let entry: &Value = &page["items"][0];
        assert_eq!((&entry["action"], &entry["outcome"]), (&"report_in_case".into(), &"refused".into()));
    }
}
