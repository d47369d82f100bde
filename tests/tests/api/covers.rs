//! Covers: an absent caseworker's files are open to whoever covers, as long as the cover lasts.

use domain::{OfficeId, Role};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{TestApp, app::PASSWORD, on_both, steps::id_of};

/// The supervisor's answer to a cover of `absent` by `covering`.
pub async fn cover(
    app: &TestApp,
    absent: &str,
    covering: &str,
    days: [&str; 2],
) -> tests::Response {
    let token = app.login(Role::Supervisor).await;
    let seed = app.seed();
    let body = json!({
        "absent_id": seed.staff(absent), "covering_id": seed.staff(covering),
        "starts_on": days[0], "ends_on": days[1],
    });
    app.post(&token, "/v1/covers", body).await
}

async fn end(app: &TestApp, caller: &str, id: &str) -> tests::Response {
    let token = app.login_as(caller).await;
    let request = app.request(Method::DELETE, &format!("/v1/covers/{id}"));
    app.send(request.bearer_auth(token)).await
}

/// Moves somebody to an office, and signs them in there.
async fn move_to(app: &TestApp, who: &str, office: OfficeId) -> String {
    let admin = app.login(Role::AgencyAdmin).await;
    let path = format!("/v1/staff/{}", app.seed().staff(who));
    let change = json!({ "office_id": office });
    app.patch(&admin, &path, change).await.expect(200);
    let body = json!({ "username": who, "password": PASSWORD });
    let request = app.request(Method::POST, "/v1/sessions").json(&body);
    let session = app.send(request).await.expect(201);
    session["access_token"].as_str().unwrap().to_owned()
}

/// How many clients, cases, appointments, tasks and days' entries a caller sees.
async fn sees(app: &TestApp, caller: &str) -> [usize; 5] {
    let token = app.login_as(caller).await;
    let mut seen = [0; 5];
    for (place, list) in ["clients", "cases", "appointments", "tasks"]
        .iter()
        .enumerate()
    {
        seen[place] = app
            .all_items(&token, &format!("/v1/{list}?limit=100"))
            .await
            .len();
    }
    let day = app.get(&token, "/v1/today").await.expect(200);
    seen[4] = day.to_string().matches("\"case_id\":\"").count();
    seen
}

const NOTHING: [usize; 5] = [0; 5];

on_both! {
    async fn a_cover_opens_the_absent_ones_files_from_its_first_day_to_its_last(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let journey = app.active_case("community_treatment", 36, "2025-09-05").await;
        app.advance("2025-11-03T10:00").await;
        let own = sees(&app, "caseworker").await;
        assert!(own.iter().all(|&count| count > 0), "{own:?}");
        let made = cover(&app, "caseworker", "covering", ["2025-11-06", "2025-11-07"]).await;
        let made = made.expect(201);
        assert_eq!(made["in_force"], false);
        assert_eq!(sees(&app, "covering").await, NOTHING);

        // Midnight in the office.
        app.advance("2025-11-06T00:00").await;
        let token = app.login_as("covering").await;
        app.get(&token, &journey.path("")).await.expect(200);
        assert_eq!(sees(&app, "covering").await, sees(&app, "caseworker").await);
        assert_eq!(sees(&app, "colleague").await, NOTHING);
        let listed = app.all_items(&token, "/v1/covers?standing=true").await;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0]["in_force"], true);

        app.advance("2025-11-07T23:59").await;
        app.get(&token, &journey.path("")).await.expect(200);
        app.advance("2025-11-08T00:00").await;
        app.get(&token, &journey.path("")).await.problem(404, "not_found");
        assert_eq!(sees(&app, "covering").await, NOTHING);
        assert!(app.all_items(&token, "/v1/covers?standing=true").await.is_empty());
        assert_eq!(app.all_items(&token, "/v1/covers").await.len(), 1);
    }

    async fn whoever_covers_works_in_their_own_name(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let client = app.register_client("王小明", "13900001111").await;
        let path = format!("/v1/clients/{client}");
        app.register_case(&client, "community_treatment", 36, "2025-09-05").await;
        cover(&app, "caseworker", "covering", ["2025-09-05", "2025-09-30"]).await.expect(201);
        let token = app.login_as("covering").await;
        let change = app.request(Method::PATCH, &path).bearer_auth(&token);
        app.send(change.json(&json!({ "phone_sms_ok": true }))).await.expect(200);
        let auditor = app.login(Role::Auditor).await;
        let filter = format!("/v1/audit-entries?object_id={client}&limit=100");
        let entries = app.all_items(&auditor, &filter).await;
        let change = entries.iter().find(|entry| entry["action"] == "update_client").unwrap();
        assert_eq!(change["actor_id"], json!(app.seed().staff("covering")));
    }

    async fn an_ended_cover_opens_nothing_from_then_on(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let client = app.register_client("王小明", "13900001111").await;
        app.register_case(&client, "community_treatment", 36, "2025-09-05").await;
        let path = format!("/v1/clients/{client}");
        let made = cover(&app, "caseworker", "covering", ["2025-09-05", "2025-09-30"]).await;
        let id = id_of(&made.expect(201));
        let token = app.login_as("covering").await;
        app.get(&token, &path).await.expect(200);
        assert_eq!(end(&app, "covering", &id).await.status.as_u16(), 403);
        end(&app, "other.supervisor", &id).await.problem(404, "not_found");
        app.get(&token, &path).await.expect(200);

        end(&app, "supervisor", &id).await.expect(204);
        app.get(&token, &path).await.problem(404, "not_found");
        let ended: Value = app.get(&token, &format!("/v1/covers/{id}")).await.expect(200);
        assert_eq!(ended["in_force"], false);
        assert_eq!(ended["ended_by"], json!(app.seed().staff("supervisor")));
        app.advance("2025-09-06T10:00").await;
        end(&app, "supervisor", &id).await.expect(204);
        let again: Value = app.get(&token, &format!("/v1/covers/{id}")).await.expect(200);
        assert_eq!(again, ended, "what has ended is ended again");
    }

    /// As by another process: nothing tells this one, and what is known of covers gets no younger.
    async fn a_cover_that_another_process_ended_opens_nothing_either(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let client = app.register_client("王小明", "13900001111").await;
        app.register_case(&client, "community_treatment", 36, "2025-09-05").await;
        let path = format!("/v1/clients/{client}");
        let made = cover(&app, "caseworker", "covering", ["2025-09-05", "2025-09-30"]).await;
        let id = id_of(&made.expect(201)).parse().unwrap();
        let token = app.login_as("covering").await;
        app.get(&token, &path).await.expect(200);
        let by = app.seed().staff("supervisor");
        app.write(|work| Ok(storage::covers::end(work.tx, work.agency, id, by, work.now)?));
        app.get(&token, &path).await.problem(404, "not_found");
    }

    /// Whoever goes to another office while the cover lasts, absent or covering, opens nothing there.
    async fn a_cover_opens_no_file_across_offices(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let client = app.register_client("王小明", "13900001111").await;
        app.register_case(&client, "community_treatment", 36, "2025-09-05").await;
        let path = format!("/v1/clients/{client}");
        cover(&app, "caseworker", "covering", ["2025-09-05", "2025-09-30"]).await.expect(201);
        let (office, other) = (app.seed().office, app.seed().other_office);

        let token = move_to(&app, "covering", other).await;
        app.get(&token, &path).await.problem(404, "not_found");
        for list in ["clients", "cases", "appointments", "tasks"] {
            assert!(app.all_items(&token, &format!("/v1/{list}")).await.is_empty(), "{list}");
        }
        let covering = move_to(&app, "covering", office).await;
        app.get(&covering, &path).await.expect(200);

        let absent = move_to(&app, "caseworker", other).await;
        let elsewhere = json!({ "name": "李小红", "sex": "female" });
        let elsewhere = app.post(&absent, "/v1/clients", elsewhere).await.expect(201);
        let elsewhere = format!("/v1/clients/{}", id_of(&elsewhere));
        app.get(&absent, &elsewhere).await.expect(200);
        app.get(&covering, &elsewhere).await.problem(404, "not_found");
        app.get(&covering, &path).await.expect(200);
    }

    async fn covers_are_for_colleagues_of_the_own_office(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let days = ["2025-09-05", "2025-09-30"];
        for (absent, covering, pointer) in [
            ("other.caseworker", "covering", "/absent_id"),
            ("foreign.caseworker", "covering", "/absent_id"),
            ("auditor", "covering", "/absent_id"),
            ("caseworker", "other.caseworker", "/covering_id"),
            ("caseworker", "foreign.caseworker", "/covering_id"),
            ("caseworker", "supervisor", "/covering_id"),
            ("caseworker", "agency_admin", "/covering_id"),
            ("caseworker", "caseworker", "/covering_id"),
        ] {
            let answer = cover(&app, absent, covering, days).await;
            let body = answer.problem(422, "invalid_value");
            assert_eq!(body["errors"][0]["pointer"], pointer, "{absent} {covering}");
        }
        for (days, pointer) in [
            (["2025-09-06", "2025-09-05"], "/ends_on"),
            (["2025-09-01", "2025-09-04"], "/ends_on"),
            (["2025-09-05", "2026-09-06"], "/ends_on"),
            (["2026-09-07", "2026-09-08"], "/starts_on"),
        ] {
            let answer = cover(&app, "caseworker", "covering", days).await;
            let body = answer.problem(422, "invalid_value");
            assert_eq!(body["errors"][0]["pointer"], pointer, "{days:?}");
        }
        assert_eq!(app.contents().rows("covers"), 0);
    }

    async fn an_administrator_arranges_covers_in_any_office_and_sees_no_file_by_it(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let token = app.login(Role::AgencyAdmin).await;
        let seed = app.seed();
        let body = json!({
            "absent_id": seed.staff("other.supervisor"),
            "covering_id": seed.staff("other.caseworker"),
            "starts_on": "2025-09-05", "ends_on": "2025-09-05",
        });
        app.post(&token, "/v1/covers", body).await.expect(201);
        assert_eq!(app.all_items(&token, "/v1/covers").await.len(), 1);
        app.get(&token, "/v1/clients").await.problem(403, "forbidden");
        let supervisor = app.login(Role::Supervisor).await;
        assert!(app.all_items(&supervisor, "/v1/covers").await.is_empty());
    }
}
