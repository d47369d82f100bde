//! Supervisors who answer for the offices of an area.

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Response, TestApp, app::PASSWORD, on_both, steps::id_of};

async fn change(app: &TestApp, who: &str, change: Value) -> Response {
    let admin = app.login(Role::AgencyAdmin).await;
    let path = format!("/v1/staff/{}", app.seed().staff(who));
    app.patch(&admin, &path, change).await
}

/// An office goes to another area.
async fn move_office(app: &TestApp, office: domain::OfficeId, area_code: &str) {
    let admin = app.login(Role::AgencyAdmin).await;
    let body = json!({ "area_code": area_code });
    let path = format!("/v1/offices/{office}");
    app.patch(&admin, &path, body).await.expect(200);
}

async fn sign_in(app: &TestApp, username: &str) -> Value {
    let body = json!({ "username": username, "password": PASSWORD });
    let request = app.request(Method::POST, "/v1/sessions").json(&body);
    app.send(request).await.expect(201)
}

/// How many clients, cases, appointments, messages and tasks a caller sees.
async fn sees(app: &TestApp, caller: &str) -> [usize; 5] {
    let token = app.login_as(caller).await;
    let mut seen = [0; 5];
    let lists = ["clients", "cases", "appointments", "messages", "tasks"];
    for (place, list) in seen.iter_mut().zip(lists) {
        let path = format!("/v1/{list}?limit=100");
        *place = app.all_items(&token, &path).await.len();
    }
    seen
}

on_both! {
    async fn a_supervisor_of_an_area_reaches_its_offices_wherever_they_go(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let journey = app.active_case("community_treatment", 36, "2025-09-05").await;
        app.advance("2025-11-03T10:00").await;
        let (head, other) = ("area.supervisor", "other.area.supervisor");
        let (token, elsewhere) = (app.login_as(head).await, app.login_as(other).await);
        let own = sees(&app, "supervisor").await;
        assert!(own.iter().all(|&count| count > 0), "{own:?}");
        assert_eq!(sees(&app, head).await, own);
        assert_eq!(sees(&app, other).await, [0; 5]);
        app.get(&token, &journey.path("")).await.expect(200);
        app.get(&elsewhere, &journey.path("")).await.problem(404, "not_found");
        let day = app.get(&token, "/v1/today").await.expect(200);
        assert!(day.to_string().contains(&journey.case));
        let filter = format!("/v1/cases?office_id={}", app.seed().other_office);
        assert!(app.all_items(&token, &filter).await.is_empty());

        // The tokens stay what they are: where the office lies is looked up.
        move_office(&app, app.seed().office, "330203").await;
        assert_eq!(sees(&app, head).await, [0; 5]);
        assert_eq!(sees(&app, other).await, own);
        app.get(&token, &journey.path("")).await.problem(404, "not_found");
        app.get(&elsewhere, &journey.path("")).await.expect(200);
        move_office(&app, app.seed().office, "330102001").await;
        app.get(&token, &journey.path("")).await.expect(200);
    }

    async fn a_supervisor_of_an_area_registers_at_its_offices_only(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let token = app.login_as("area.supervisor").await;
        let seed = app.seed();
        let client = |office: Value| json!({ "name": "王小明", "sex": "male", "office_id": office });
        for office in [json!(seed.other_office), json!(seed.foreign.office), Value::Null] {
            let answer = app.post(&token, "/v1/clients", client(office.clone())).await;
            let body = answer.problem(422, "invalid_value");
            assert_eq!(body["errors"][0]["pointer"], "/office_id", "{office}");
        }
        let made = app.post(&token, "/v1/clients", client(json!(seed.office))).await.expect(201);
        let path = format!("/v1/clients/{}", id_of(&made));
        let body = |office: domain::OfficeId, who: &str| json!({
            "measure": "community_treatment", "office_id": office,
            "caseworker_id": seed.staff(who), "term_months": 36,
            "decision": {
                "document_no": "城公(禁)社戒决字〔2025〕7号", "issuing_authority": "某市公安局城东分局",
                "issued_on": "2025-09-05", "received_on": "2025-09-05",
            },
        });
        let cases = format!("{path}/cases");
        let answer = app.post(&token, &cases, body(seed.other_office, "other.caseworker")).await;
        let refused = answer.problem(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/office_id");
        app.post(&token, &cases, body(seed.office, "caseworker")).await.expect(201);
    }

    async fn a_supervisor_of_an_area_arranges_covers_in_its_offices_only(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let (head, other) = ("area.supervisor", "other.area.supervisor");
        let seed = app.seed();
        let body = json!({
            "absent_id": seed.staff("caseworker"), "covering_id": seed.staff("covering"),
            "starts_on": "2025-09-05", "ends_on": "2025-09-30",
        });
        let elsewhere = app.login_as(other).await;
        let refused = app.post(&elsewhere, "/v1/covers", body.clone()).await;
        let refused = refused.problem(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/absent_id");
        let token = app.login_as(head).await;
        let made = app.post(&token, "/v1/covers", body).await.expect(201);
        let path = format!("/v1/covers/{}", id_of(&made));
        assert_eq!(app.all_items(&token, "/v1/covers").await.len(), 1);
        assert!(app.all_items(&elsewhere, "/v1/covers").await.is_empty());
        app.delete(&elsewhere, &path).await.problem(404, "not_found");
        app.delete(&token, &path).await.expect(204);
    }

    async fn an_area_is_for_supervisors_instead_of_an_office(app: TestApp) {
        let admin = app.login(Role::AgencyAdmin).await;
        let office = json!(app.seed().office);
        let hire = async |role: Role, office: Value, area: Value| {
            let body = json!({
                "username": format!("{role}.new"), "password": "another long password",
                "display_name": "陈老师", "role": role, "office_id": office, "area_code": area,
            });
            app.post(&admin, "/v1/staff", body).await
        };
        for (role, office, area, pointer) in [
            (Role::Supervisor, Value::Null, Value::Null, "/office_id"),
            (Role::Supervisor, office.clone(), json!("330100"), "/area_code"),
            (Role::Supervisor, Value::Null, json!("3301"), "/area_code"),
            (Role::Supervisor, Value::Null, json!("33010x"), "/area_code"),
            (Role::Caseworker, Value::Null, json!("330100"), "/area_code"),
            (Role::Caseworker, office.clone(), json!("330100"), "/area_code"),
            (Role::AgencyAdmin, Value::Null, json!("330100"), "/area_code"),
        ] {
            let answer = hire(role, office, area).await.problem(422, "invalid_value");
            assert_eq!(answer["errors"][0]["pointer"], pointer, "{role}");
        }
        let made = hire(Role::Supervisor, Value::Null, json!("330100")).await.expect(201);
        assert_eq!((&made["office_id"], &made["area_code"]), (&Value::Null, &json!("330100")));
        let path = format!("/v1/staff/{}", id_of(&made));
        let shown = app.get(&admin, &path).await.expect(200);
        assert_eq!(shown["area_code"], "330100");
    }

    async fn another_area_ends_the_sessions(app: TestApp) {
        let office = app.seed().office;
        let token = |session: &Value| session["access_token"].as_str().unwrap().to_owned();
        let before = token(&sign_in(&app, "supervisor").await);
        let refused = change(&app, "supervisor", json!({ "area_code": "330100" })).await;
        refused.problem(422, "invalid_value");
        let moved = json!({ "office_id": null, "area_code": "330100" });
        change(&app, "supervisor", moved).await.expect(200);
        app.get(&before, "/v1/clients").await.problem(401, "unauthenticated");

        let before = token(&sign_in(&app, "supervisor").await);
        app.get(&before, "/v1/clients").await.expect(200);
        change(&app, "supervisor", json!({ "area_code": "330200" })).await.expect(200);
        app.get(&before, "/v1/clients").await.problem(401, "unauthenticated");
        let demoted = json!({ "role": "caseworker", "office_id": office });
        let refused = change(&app, "supervisor", demoted).await.problem(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/area_code");
        let back = json!({ "role": "caseworker", "office_id": office, "area_code": null });
        change(&app, "supervisor", back).await.expect(200);
    }
}
