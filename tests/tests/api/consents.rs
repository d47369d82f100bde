//! What clients allowed, written down by staff, and whom of the family may be told.

use chrono::TimeDelta;
use domain::{Role, consent::ConsentPurpose};
use serde_json::{Value, json};
use tests::{TestApp, on_both, steps::id_of};

async fn say(app: &TestApp, client: &str, rest: &str, body: Value) -> tests::Response {
    let token = app.login(Role::Caseworker).await;
    app.post(&token, &format!("/v1/clients/{client}/{rest}"), body)
        .await
}

fn given(purpose: &str, version: &str) -> Value {
    json!({ "purpose": purpose, "text_version": version, "channel": "paper" })
}

fn withdrawn(purpose: &str) -> Value {
    json!({ "purpose": purpose, "channel": "phone" })
}

fn a_contact(ends_on: &str) -> Value {
    json!({
        "name": "李秀英", "phone": "+86 139-0000-3333", "relation": "parent",
        "scope": "emergency_only", "ends_on": ends_on,
    })
}

fn in_force(app: &TestApp, client: &str, purpose: ConsentPurpose) -> bool {
    let id = client.parse().unwrap();
    app.write(|work| casework::consents::in_force(work, id, purpose))
}

on_both! {
    async fn a_consent_is_given_withdrawn_and_given_again(app: TestApp) {
        let client = app.register_client("王小明", "13900001111").await;
        let wechat = ConsentPurpose::Wechat;
        assert!(!in_force(&app, &client, wechat));
        say(&app, &client, "consents/withdrawals", withdrawn("wechat")).await
            .problem(409, "consent_not_in_force");
        let entry = say(&app, &client, "consents", given("wechat", "wechat-1")).await.expect(201);
        // Entries of one instant have no order in the list.
        let later = async || app.advance_to(app.now() + TimeDelta::minutes(1)).await;
        later().await;
        assert_eq!(entry["said_on"], "2025-09-01");
        assert_eq!(entry["recorded_by"], app.seed().staff("caseworker").to_string());
        assert!(in_force(&app, &client, wechat));
        assert!(!in_force(&app, &client, ConsentPurpose::Location), "each purpose by itself");
        let entry = say(&app, &client, "consents/withdrawals", withdrawn("wechat")).await.expect(201);
        later().await;
        assert_eq!(entry["act"], "withdrawn");
        assert_eq!(entry["text_version"], "wechat-1");
        assert!(!in_force(&app, &client, wechat));
        say(&app, &client, "consents", given("wechat", "wechat-2")).await.expect(201);
        assert!(in_force(&app, &client, wechat));
        let token = app.login(Role::Caseworker).await;
        let ledger = app.all_items(&token, &format!("/v1/clients/{client}/consents?limit=2")).await;
        let acts: Vec<&str> = ledger.iter().map(|entry| entry["act"].as_str().unwrap()).collect();
        assert_eq!(acts, ["given", "withdrawn", "given"]);
    }

    async fn what_was_said_is_plausible(app: TestApp) {
        let client = app.register_client("王小明", "13900001111").await;
        let mut tomorrow = given("location", "1");
        tomorrow["said_on"] = json!("2025-09-02");
        let refused = say(&app, &client, "consents", tomorrow).await.problem(422, "date_in_future");
        assert_eq!(refused["errors"][0]["pointer"], "/said_on");
        let refused = say(&app, &client, "consents", given("location", "=1+1")).await
            .problem(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/text_version");
        say(&app, &client, "consents", given("tracking", "1")).await.problem(422, "invalid_value");
        let mut earlier = given("location", "1");
        earlier["said_on"] = json!("2025-08-30");
        let entry = say(&app, &client, "consents", earlier).await.expect(201);
        assert_eq!(entry["said_on"], "2025-08-30");
    }

    async fn paper_that_turns_up_late_does_not_undo_a_withdrawal(app: TestApp) {
        let client = app.register_client("王小明", "13900001111").await;
        say(&app, &client, "consents", given("wechat", "wechat-1")).await.expect(201);
        say(&app, &client, "consents/withdrawals", withdrawn("wechat")).await.expect(201);
        let mut late = given("wechat", "wechat-1");
        late["said_on"] = json!("2025-08-31");
        let refused = say(&app, &client, "consents", late).await.problem(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/said_on");
        assert!(!in_force(&app, &client, ConsentPurpose::Wechat));
        // Of the other purposes nothing was said later.
        let mut other = given("location", "1");
        other["said_on"] = json!("2025-08-31");
        say(&app, &client, "consents", other).await.expect(201);
    }

    async fn a_contact_needs_the_consent_and_ends_with_it(app: TestApp) {
        let client = app.register_client("王小明", "13900001111").await;
        let token = app.login(Role::Caseworker).await;
        say(&app, &client, "family-contacts", a_contact("2026-08-31")).await
            .problem(409, "consent_not_in_force");
        say(&app, &client, "consents", given("family_contact", "family-1")).await.expect(201);
        let refused = say(&app, &client, "family-contacts", a_contact("2025-08-31")).await
            .problem(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/ends_on");
        let contact = say(&app, &client, "family-contacts", a_contact("2026-08-31")).await.expect(201);
        assert_eq!(contact["phone"], "13900003333");

        let list = format!("/v1/clients/{client}/family-contacts");
        let page = app.get(&token, &list).await.expect(200);
        assert_eq!(page["items"][0]["name"], "李*");
        assert_eq!(page["items"][0]["phone"], "139****3333");
        assert!(!page.to_string().contains("13900003333") && !page.to_string().contains("秀英"));
        // What is stored is sealed.
        let held = app.contents();
        assert!(held.mentions(&client.replace('-', "")) || held.mentions(&client));
        assert!(!held.mentions("13900003333") && !held.mentions("李秀英"));

        say(&app, &client, "consents/withdrawals", withdrawn("family_contact")).await.expect(201);
        let path = format!("/v1/family-contacts/{}", id_of(&contact));
        let ended = app.get(&token, &path).await.expect(200);
        assert_eq!(ended["ended_reason"], "consent_withdrawn");
        assert_eq!(ended["version"], 2);
        app.delete(&token, &path).await.problem(409, "conflict");
        say(&app, &client, "family-contacts", a_contact("2026-08-31")).await
            .problem(409, "consent_not_in_force");
    }

    async fn a_contact_is_ended_by_staff_once_and_by_nobody_from_elsewhere(app: TestApp) {
        let client = app.register_client("王小明", "13900001111").await;
        say(&app, &client, "consents", given("family_contact", "family-1")).await.expect(201);
        let contact = say(&app, &client, "family-contacts", a_contact("2026-08-31")).await.expect(201);
        let path = format!("/v1/family-contacts/{}", id_of(&contact));
        for other in ["colleague", "other.supervisor", "foreign.supervisor"] {
            let token = app.login_as(other).await;
            app.delete(&token, &path).await.problem(404, "not_found");
        }
        let token = app.login(Role::Supervisor).await;
        let ended = app.delete(&token, &path).await.expect(200);
        assert_eq!(ended["ended_reason"], "ended_by_staff");
        app.delete(&token, &path).await.problem(409, "conflict");
    }
}
