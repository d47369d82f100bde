//! Clients: what is taken, shown and masked.

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tests::on_both;

use super::a_client;

on_both! {
    async fn a_client_is_normalised_masked_in_lists_and_there_once(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let client = app.post(&token, "/v1/clients", a_client()).await.expect(201);
        assert_eq!(client["id_number"], "110***********283X");
        assert_eq!(client["birth_date"], "1990-03-07");
        assert_eq!(client["phone"], "138****8000");
        assert_eq!(client["phone_state"], "verified");

        let again = app.post(&token, "/v1/clients", a_client()).await;
        assert_eq!(again.problem(409, "client_exists")["errors"][0]["pointer"], "/id_number");

        for q in ["王小明", "138-0013-8000", "11010519900307283x"] {
            let found = app.get(&token, &format!("/v1/clients?q={q}")).await.expect(200);
            assert_eq!(found["items"][0]["name"], "王*", "{q}");
            assert_eq!(found["items"][0]["phone"], "138****8000");
        }
        let none = app.get(&token, "/v1/clients?q=王小").await.expect(200);
        assert_eq!(none["items"], json!([]));

        let path = format!("/v1/clients/{}", client["id"].as_str().unwrap());
        for username in ["other.supervisor", "foreign.supervisor"] {
            let stranger = app.login_as(username).await;
            app.get(&stranger, &path).await.problem(404, "not_found");
            app.patch(&stranger, &path, json!({ "name": "李四" })).await.problem(404, "not_found");
        }
        let supervisor = app.login(Role::Supervisor).await;
        assert_eq!(app.get(&supervisor, &path).await.expect(200)["name"], "王小明");
    }

    /// What a client is looked for by stands in no address.
    async fn clients_are_searched_for_by_a_body_with_pages(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        app.post(&token, "/v1/clients", a_client()).await.expect(201);
        for number in 0..3 {
            app.register_client("李小红", &format!("1390000111{number}")).await;
        }
        let search = async |token: &str, body: Value| app.post(token, "/v1/clients/search", body).await;
        for q in ["王小明", "138-0013-8000", "11010519900307283x"] {
            let found = search(&token, json!({ "q": q })).await.expect(200);
            let items = found["items"].as_array().unwrap();
            assert_eq!((items.len(), &items[0]["name"]), (1, &json!("王*")), "{q}");
        }
        for nothing in ["王小", "", "%", "13900001119"] {
            assert_eq!(search(&token, json!({ "q": nothing })).await.expect(200)["items"], json!([]));
        }
        let elsewhere = json!({ "q": "王小明", "office_id": app.seed().other_office });
        assert_eq!(search(&token, elsewhere).await.expect(200)["items"], json!([]));
        let stranger = app.login_as("other.supervisor").await;
        assert_eq!(search(&stranger, json!({ "q": "王小明" })).await.expect(200)["items"], json!([]));

        let (mut met, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let answer = search(&token, json!({ "q": "李小红", "limit": 2, "cursor": cursor })).await;
            assert_eq!(answer.header("link"), None);
            let page = answer.expect(200);
            met.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
            cursor = page["next_cursor"].clone();
            if cursor.is_null() {
                break;
            }
            // It goes with what was looked for.
            let other = search(&token, json!({ "q": "王小明", "cursor": cursor })).await;
            other.problem(400, "invalid_cursor");
        }
        let listed = app.all_items(&token, "/v1/clients?q=李小红").await;
        assert_eq!(met, listed.iter().map(|item| item["id"].clone()).collect::<Vec<_>>());
        let refused = search(&token, json!({ "q": "李小红", "limit": 101 })).await;
        assert_eq!(refused.problem(422, "invalid_value")["errors"][0]["pointer"], "/limit");
    }

    async fn what_is_masked_is_shown_for_a_reason_that_is_kept(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let client = app.post(&token, "/v1/clients", a_client()).await.expect(201);
        let path = format!("/v1/clients/{}", client["id"].as_str().unwrap());
        let covered = app.get(&token, &path).await.expect(200);
        assert_eq!(covered["id_number"], "110***********283X");
        assert_eq!(covered["phone"], "138****8000");

        let reveal = format!("{path}/reveal");
        let asked = json!({ "fields": ["phone"], "reason": "contact" });
        let shown = app.post(&token, &reveal, asked.clone()).await.expect(200);
        assert_eq!(shown["phone"], "13800138000");
        assert_eq!(shown["id_number"], Value::Null);
        let both = json!({ "fields": ["phone", "id_number", "phone"], "reason": "identity_check" });
        let shown = app.post(&token, &reveal, both).await.expect(200);
        assert_eq!(shown["id_number"], "11010519900307283X");

        // Not without a reason, not for nothing, not for others; what was typed is kept nowhere.
        for body in [
            json!({ "fields": ["phone"] }),
            json!({ "fields": ["phone"], "reason": "王小明" }),
            json!({ "fields": [], "reason": "contact" }),
            json!({ "fields": ["name"], "reason": "contact" }),
        ] {
            app.post(&token, &reveal, body).await.problem(422, "invalid_value");
        }
        let stranger = app.login_as("other.supervisor").await;
        app.post(&stranger, &reveal, asked).await.problem(404, "not_found");

        let auditor = app.login(Role::Auditor).await;
        let trail = app.get(&auditor, "/v1/audit-entries?action=reveal_client").await.expect(200);
        let reasons: Vec<_> = trail["items"].as_array().unwrap().iter()
            .map(|entry| (entry["outcome"].as_str().unwrap(), entry["reason"].as_str().unwrap()))
            .collect();
        assert_eq!(reasons, [
            ("refused", "not_found"),
            ("done", "identity_check: id_number phone"),
            ("done", "contact: phone"),
        ]);
    }

    async fn a_clients_fields_change_one_by_one(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        let client = app.post(&token, "/v1/clients", a_client()).await.expect(201);
        let path = format!("/v1/clients/{}", client["id"].as_str().unwrap());
        let stale = app.request(Method::PATCH, &path).bearer_auth(&token).header("if-match", "\"7\"");
        app.send(stale.json(&json!({ "name": "王大明" }))).await.problem(412, "stale_version");

        let changed = app.patch(&token, &path, json!({ "phone": "13900139000" })).await.expect(200);
        assert_eq!(changed["phone_state"], "unverified");
        assert_eq!(changed["name"], "王小明");
        assert_eq!(changed["version"], 2);
        let emptied = app.patch(&token, &path, json!({ "phone": null })).await.expect(200);
        assert_eq!(emptied["phone"], Value::Null);
        for (body, status, code, pointer) in [
            (json!({ "name": null }), 422, "invalid_value", "/name"),
            (json!({ "sex": "female" }), 422, "invalid_value", "/sex"),
            (json!({ "phone": "0571-88880000" }), 422, "invalid_phone", "/phone"),
            (json!({ "phone_confirmed": true }), 422, "invalid_value", "/phone_confirmed"),
            (json!({ "nickname": "a" }), 422, "unknown_field", "/nickname"),
        ] {
            let refused = app.patch(&token, &path, body).await.problem(status, code);
            assert_eq!(refused["errors"][0]["pointer"], pointer);
        }
        assert_eq!(app.get(&token, &path).await.expect(200)["version"], 3);
    }
}
