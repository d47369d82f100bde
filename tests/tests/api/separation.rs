//! System, security and audit administration exclude one another (三员分立).

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use storage::audit_log::{self, Filter};
use tests::{Response, TestApp, on_both, steps::id_of};

async fn hire(
    app: &TestApp,
    by: &str,
    username: &str,
    role: Role,
    phone: Option<&str>,
) -> Response {
    let token = app.login_as(by).await;
    let office = matches!(role, Role::Caseworker | Role::Supervisor).then(|| app.seed().office);
    let body = json!({
        "username": username, "password": "another long password", "display_name": "陈老师",
        "role": role, "office_id": office, "phone": phone,
    });
    app.post(&token, "/v1/staff", body).await
}

async fn change(app: &TestApp, by: &str, id: &str, body: Value) -> Response {
    let token = app.login_as(by).await;
    let request = app.request(Method::PATCH, &format!("/v1/staff/{id}"));
    app.send(request.bearer_auth(token).json(&body)).await
}

/// What the newest entry of the trail says: action, outcome, reason.
fn newest(app: &TestApp) -> (String, String, Option<String>) {
    let agency = app.seed().agency;
    let read = app.store().read_in(agency, |tx| {
        audit_log::list(tx, agency, &Filter::default(), None, 1)
    });
    let entry = read.unwrap().remove(0);
    (entry.action, entry.outcome.clone(), entry.reason)
}

on_both! {
    async fn each_administration_makes_its_own_accounts(app: TestApp) {
        let makers = ["caseworker", "supervisor", "agency_admin", "security_admin", "auditor"];
        for by in makers {
            for &role in Role::ALL {
                let answer = hire(&app, by, &format!("{role}.by.{by}"), role, None).await;
                if domain::role::appoints(by.parse().unwrap(), role) {
                    answer.expect(201);
                } else {
                    answer.problem(403, "forbidden");
                    let refused = ("create_staff".into(), "refused".into(), Some("forbidden".into()));
                    assert_eq!(newest(&app), refused, "{role} by {by}");
                }
            }
        }
    }

    async fn nobody_touches_an_account_of_another_administration(app: TestApp) {
        for (by, of) in [
            ("agency_admin", "security_admin"),
            ("agency_admin", "auditor"),
            ("security_admin", "agency_admin"),
            ("security_admin", "caseworker"),
        ] {
            let id = app.seed().staff(of).to_string();
            for body in [json!({ "active": false }), json!({ "display_name": "程老师" })] {
                change(&app, by, &id, body).await.problem(403, "forbidden");
                let refused = ("update_staff".into(), "refused".into(), Some("forbidden".into()));
                assert_eq!(newest(&app), refused, "{of} by {by}");
            }
        }
        let own = app.seed().staff("caseworker").to_string();
        let body = json!({ "role": "auditor", "office_id": null });
        change(&app, "agency_admin", &own, body).await.problem(403, "forbidden");
        // Nor does an account go from one administration to another in the hand of one.
        let auditor = app.seed().staff("auditor").to_string();
        let body = json!({ "role": "security_admin" });
        let refused = change(&app, "security_admin", &auditor, body).await.problem(409, "conflict");
        assert_eq!(refused["errors"][0]["pointer"], "/role");
    }

    async fn one_person_has_one_administration(app: TestApp) {
        let phone = Some("13900007777");
        let made = hire(&app, "agency_admin", "first", Role::AgencyAdmin, phone).await;
        let first = id_of(&made.expect(201));
        for role in [Role::SecurityAdmin, Role::Auditor] {
            let again = hire(&app, "security_admin", "second", role, phone).await;
            let refused = again.problem(409, "conflict");
            assert_eq!(refused["errors"][0]["pointer"], "/phone");
        }
        // Another person's number, changed to the first one's later.
        let made = hire(&app, "security_admin", "third", Role::Auditor, Some("13900008888")).await;
        let third = id_of(&made.expect(201));
        let same = json!({ "phone": "139 0000 7777" });
        change(&app, "security_admin", &third, same.clone()).await.problem(409, "conflict");
        // Who has left the one may take the other.
        change(&app, "agency_admin", &first, json!({ "active": false })).await.expect(200);
        change(&app, "security_admin", &third, same).await.expect(200);
        let back = change(&app, "agency_admin", &first, json!({ "active": true })).await;
        back.problem(409, "conflict");
    }

    async fn a_change_of_role_is_in_the_trail_and_ends_the_sessions(app: TestApp) {
        let made = hire(&app, "agency_admin", "somebody", Role::Caseworker, None).await;
        let id = id_of(&made.expect(201));
        let body = json!({ "username": "somebody", "password": "another long password" });
        let session = app.send(app.request(Method::POST, "/v1/sessions").json(&body)).await;
        let token = session.expect(201)["access_token"].as_str().unwrap().to_owned();
        change(&app, "agency_admin", &id, json!({ "role": "supervisor" })).await.expect(200);
        assert_eq!(newest(&app), ("update_staff".into(), "done".into(), None));
        app.get(&token, "/v1/today").await.problem(401, "unauthenticated");
    }
}
