//! Clients binding their WeChat account, and signing in with it.

use chrono::TimeDelta;
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use storage::audit_log::{self, AuditEntry, Filter};
use tests::{
    TestApp,
    client::BORN,
    fakes::{
        wechat::{MINI_PROGRAM, MINI_PROGRAM_SECRET, SESSION_KEY, refused},
        wire::Reaction,
    },
    on_both,
    steps::id_of,
};

use crate::client_me::assert_neutral;

const PHONE: &str = "13900007777";
const OTHERS: &str = "13900008888";
const BINDINGS: &str = "/v1/me/wechat-bindings";

fn later(app: &TestApp, seconds: i64) {
    app.sign_in_clock().advance(TimeDelta::seconds(seconds));
}

fn newest(app: &TestApp) -> AuditEntry {
    let agency = app.seed().agency;
    let newest = app.store().read_in(agency, |tx| {
        audit_log::list(tx, agency, &Filter::default(), None, 1)
    });
    newest.unwrap().remove(0)
}

fn access(session: &Value) -> &str {
    session["access_token"].as_str().unwrap()
}

on_both! {
    async fn an_account_that_was_bound_signs_in(app: TestApp) {
        app.wechat_sign_in("wang", None).await.problem(401, "not_bound");
        let (client, token) = app.bound_client(PHONE, "wang").await;
        let entry = newest(&app);
        assert_eq!(entry.action, "bind_my_wechat");
        assert_eq!(entry.actor_id.map(|id| id.to_string()), Some(client.clone()));
        let bound = app.get(&token, BINDINGS).await.expect(200);
        assert_neutral(&bound);
        assert_eq!(bound["items"][0]["app"], "mini_program");
        assert_eq!(Some(id_of(&bound["items"][0])), entry.object_id);

        let answer = app.wechat_sign_in("wang", None).await;
        assert_eq!(answer.header("location"), Some("/v1/me"));
        let session = answer.expect(201);
        assert_eq!((&session["token_type"], &session["expires_in"]), (&json!("Bearer"), &json!(900)));
        let me = app.get(access(&session), "/v1/me").await.expect(200);
        assert_eq!(me["phone"], "139****7777");
        let entry = newest(&app);
        assert_eq!(entry.action, "create_wechat_session");
        assert_eq!(entry.actor_id.map(|id| id.to_string()), Some(client));
        // As any other: it is refreshed, and ends at its owner's wish.
        let refresh = json!({ "refresh_token": session["refresh_token"] });
        let request = app.request(Method::POST, "/v1/client-sessions/refresh").json(&refresh);
        let next = app.send(request).await.expect(201);
        app.delete(access(&next), "/v1/client-sessions/current").await.expect(204);
        app.get(access(&session), "/v1/me").await.problem(401, "unauthenticated");
        // Nobody else's account opens anything.
        app.wechat_sign_in("li", None).await.problem(401, "not_bound");
    }

    /// The openid stands sealed in the database, the key to the telephone's secrets nowhere.
    async fn nothing_stored_tells_whose_account_it_is(app: TestApp) {
        let (client, token) = app.bound_client(PHONE, "wang").await;
        app.wechat_sign_in("wang", None).await.expect(201);
        let open_id = app.wechat().open_id("wang");
        let held = app.contents();
        assert_eq!(held.rows("wechat_bindings"), 1);
        for secret in [&open_id, SESSION_KEY, MINI_PROGRAM_SECRET] {
            assert!(!held.mentions(secret), "{secret}");
        }
        let answers = [app.get(&token, BINDINGS).await, app.get(&token, "/v1/me/export").await];
        let [_, copy] = answers.map(|answer| {
            let shown = answer.expect(200);
            assert!(!shown.to_string().contains(&open_id));
            shown
        });
        assert_eq!(copy["wechat_bindings"][0]["ended_at"], Value::Null);
        // Who has to send to it can open it.
        let (agency, id) = (app.seed().agency, client.parse().unwrap());
        let stored = app.store().read_in(agency, |tx| {
            storage::wechat_bindings::open_id_of(tx, agency, id, MINI_PROGRAM)
        });
        assert_eq!(stored.unwrap(), Some(open_id));
    }

    /// Before the consent WeChat is not even asked who it is.
    async fn binding_needs_a_consent_in_force(app: TestApp) {
        let client = app.register_born("王小明", PHONE).await;
        let token = app.client_token(PHONE).await;
        app.bind_wechat(&token, "wang").await.problem(409, "consent_not_in_force");
        assert_eq!(app.wechat().questions(), 0);
        app.consent_to_wechat(&client).await;
        app.bind_wechat(&token, "wang").await.expect(201);
        assert_eq!(app.wechat().questions(), 1);
    }

    async fn one_account_is_one_clients(app: TestApp) {
        let (_, token) = app.bound_client(PHONE, "wang").await;
        let first = app.get(&token, BINDINGS).await.expect(200);
        // Again: nothing changes.
        let again = app.bind_wechat(&token, "wang").await.expect(200);
        assert_eq!(again, first["items"][0]);
        app.bind_wechat(&token, "zhang").await.problem(409, "conflict");

        let other = app.register_born("李小红", OTHERS).await;
        let others = app.client_token(OTHERS).await;
        app.consent_to_wechat(&other).await;
        let taken = app.bind_wechat(&others, "wang").await.problem(409, "conflict");
        assert_neutral(&json!(taken["detail"]));
        for word in ["王", PHONE, &id_of(&first["items"][0])] {
            assert!(!taken.to_string().contains(word), "{taken}");
        }
        assert_eq!(app.get(&others, BINDINGS).await.expect(200)["items"], json!([]));
        app.bind_wechat(&others, "li").await.expect(201);
        let session = app.wechat_sign_in("li", None).await.expect(201);
        assert_eq!(app.get(access(&session), "/v1/me").await.expect(200)["name"], "李*");
    }

    /// Two who are quicker than each other's look-up: the database lets one through.
    async fn of_two_who_bind_at_once_one_does(app: TestApp) {
        let mut asking = Vec::new();
        for phone in [PHONE, OTHERS] {
            let client = app.register_born("王小明", phone).await;
            app.consent_to_wechat(&client).await;
            let token = app.client_token(phone).await;
            let app = app.clone();
            asking.push(tokio::spawn(async move {
                app.bind_wechat(&token, "wang").await.status.as_u16()
            }));
        }
        let mut answers = Vec::new();
        for one in asking {
            answers.push(one.await.unwrap());
        }
        answers.sort_unstable();
        assert_eq!(answers, [201, 409]);
    }

    async fn an_account_of_another_agencys_client_is_taken_too(app: TestApp) {
        app.bound_client(PHONE, "wang").await;
        let foreign = app.login_as("foreign.caseworker").await;
        let person = json!({
            "name": "李小红", "sex": "female", "birth_date": "1985-05-05", "phone": OTHERS,
            "phone_confirmed": true,
        });
        let client = id_of(&app.post(&foreign, "/v1/clients", person).await.expect(201));
        let said = json!({ "purpose": "wechat", "text_version": "1", "channel": "paper" });
        app.post(&foreign, &format!("/v1/clients/{client}/consents"), said).await.expect(201);
        let code = app.get_code(OTHERS).await;
        let session = app.try_code(OTHERS, &code, Some("1985-05-05")).await.expect(201);
        app.bind_wechat(access(&session), "wang").await.problem(409, "conflict");
        app.bind_wechat(access(&session), "li").await.expect(201);
        let session = app.wechat_sign_in("li", None).await.expect(201);
        assert_eq!(app.get(access(&session), "/v1/me").await.expect(200)["name"], "李*");
    }

    /// The key stands for the request, whose code is used up: it is not asked about again.
    async fn a_request_that_is_repeated_is_answered_as_before(app: TestApp) {
        let client = app.register_born("王小明", PHONE).await;
        let token = app.client_token(PHONE).await;
        app.consent_to_wechat(&client).await;
        let body = json!({ "code": app.wechat().code("wang") });
        let send = || {
            let request = app.request(Method::POST, BINDINGS).bearer_auth(&token);
            app.send(request.header("idempotency-key", "a").json(&body))
        };
        let first = send().await.expect(201);
        assert_eq!(send().await.expect(201), first);
        assert_eq!(app.wechat().questions(), 1);
    }

    async fn an_account_that_is_unbound_opens_nothing(app: TestApp) {
        let (_, token) = app.bound_client(PHONE, "wang").await;
        let session = app.wechat_sign_in("wang", None).await.expect(201);
        let bound = app.get(&token, BINDINGS).await.expect(200);
        let path = format!("{BINDINGS}/{}", id_of(&bound["items"][0]));
        let other = app.register_born("李小红", OTHERS).await;
        let others = app.client_token(OTHERS).await;
        app.delete(&others, &path).await.problem(404, "not_found");
        app.wechat_sign_in("wang", None).await.expect(201);

        app.delete(&token, &path).await.expect(204);
        assert_eq!(newest(&app).action, "unbind_my_wechat");
        app.delete(&token, &path).await.problem(404, "not_found");
        // What it opened has ended, what the number opened goes on.
        app.get(access(&session), "/v1/me").await.problem(401, "unauthenticated");
        assert_eq!(app.get(&token, BINDINGS).await.expect(200)["items"], json!([]));
        app.wechat_sign_in("wang", None).await.problem(401, "not_bound");
        // The account is free for whoever it belongs to now.
        app.consent_to_wechat(&other).await;
        app.bind_wechat(&others, "wang").await.expect(201);
    }

    async fn a_withdrawn_consent_unbinds_in_the_same_moment(app: TestApp) {
        let (client, token) = app.bound_client(PHONE, "wang").await;
        let session = app.wechat_sign_in("wang", None).await.expect(201);
        let staff = app.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{client}/consents/withdrawals");
        let said = json!({ "purpose": "location", "channel": "phone" });
        app.post(&staff, &path, said).await.problem(409, "consent_not_in_force");
        assert_eq!(app.get(&token, BINDINGS).await.expect(200)["items"].as_array().unwrap().len(), 1);
        let said = json!({ "purpose": "wechat", "channel": "phone" });
        app.post(&staff, &path, said).await.expect(201);
        app.get(access(&session), "/v1/me").await.problem(401, "unauthenticated");
        app.wechat_sign_in("wang", None).await.problem(401, "not_bound");
        app.bind_wechat(&token, "wang").await.problem(409, "consent_not_in_force");
        let (agency, id) = (app.seed().agency, client.parse().unwrap());
        let stored = app.store().read_in(agency, |tx| {
            storage::wechat_bindings::of_client(tx, agency, id)
        });
        let [ended] = &stored.unwrap()[..] else { panic!("not one binding") };
        assert_eq!(ended.ended_reason.as_deref(), Some("consent_withdrawn"));
        app.consent_to_wechat(&client).await;
        app.bind_wechat(&token, "wang").await.expect(201);
        app.wechat_sign_in("wang", None).await.expect(201);
    }

    async fn a_code_is_good_once_and_for_five_minutes(app: TestApp) {
        let (_, token) = app.bound_client(PHONE, "wang").await;
        let code = app.wechat().code("wang");
        app.try_wechat_code(&code, None).await.expect(201);
        app.try_wechat_code(&code, None).await.problem(401, "invalid_code");
        let old = app.wechat().code("wang");
        later(&app, 300);
        app.try_wechat_code(&old, None).await.problem(401, "invalid_code");
        app.try_wechat_code("made-up", None).await.problem(401, "invalid_code");
        // Nobody is signed out for it.
        let refused = app.post(&token, BINDINGS, json!({ "code": old })).await;
        assert_eq!(refused.problem(422, "invalid_value")["errors"][0]["pointer"], "/code");
        let asked = app.wechat().questions();
        for bad in ["", "a b", "验证码", &"0".repeat(257)] {
            let refused = app.try_wechat_code(bad, None).await.problem(422, "invalid_value");
            assert_eq!(refused["errors"][0]["pointer"], "/code");
            app.post(&token, BINDINGS, json!({ "code": bad })).await.problem(422, "invalid_value");
        }
        assert_eq!(app.wechat().questions(), asked);
    }

    /// A telephone that was lost has WeChat on it.
    async fn where_the_number_is_in_doubt_the_account_is_too(app: TestApp) {
        let (client, _) = app.bound_client(PHONE, "wang").await;
        let session = app.wechat_sign_in("wang", None).await.expect(201);
        let staff = app.login(Role::Caseworker).await;
        let lost = json!({ "phone_confirmed": false });
        app.patch(&staff, &format!("/v1/clients/{client}"), lost).await.expect(200);
        app.get(access(&session), "/v1/me").await.problem(401, "unauthenticated");
        app.wechat_sign_in("wang", None).await.problem(401, "second_fact_required");
        app.wechat_sign_in("wang", Some("1991-01-01")).await.problem(401, "invalid_code");
        let entry = newest(&app);
        assert_eq!((entry.action.as_str(), entry.outcome.as_str()), ("create_wechat_session", "refused"));
        assert_eq!(entry.object_id, Some(client));
        app.wechat_sign_in("wang", Some(BORN)).await.expect(201);
        // It proves nothing about the number: the next one is asked again.
        app.wechat_sign_in("wang", None).await.problem(401, "second_fact_required");
        later(&app, 60);
        app.client_session(PHONE).await;
        app.wechat_sign_in("wang", None).await.expect(201);
    }

    async fn an_account_that_was_not_used_for_long_asks_who_it_is(app: TestApp) {
        app.bound_client(PHONE, "wang").await;
        later(&app, 90 * 86_400 - 1);
        app.wechat_sign_in("wang", None).await.expect(201);
        later(&app, 90 * 86_400);
        app.wechat_sign_in("wang", None).await.problem(401, "second_fact_required");
        app.wechat_sign_in("wang", Some(BORN)).await.expect(201);
        app.wechat_sign_in("wang", None).await.expect(201);
    }

    /// New codes give no further guesses.
    async fn ten_guesses_a_day_and_no_more(app: TestApp) {
        app.bound_client(PHONE, "wang").await;
        for _ in 0..10 {
            app.wechat_sign_in("wang", Some("1991-01-01")).await.problem(401, "invalid_code");
        }
        app.wechat_sign_in("wang", Some(BORN)).await.problem(401, "invalid_code");
        later(&app, 24 * 3_600);
        app.wechat_sign_in("wang", Some(BORN)).await.expect(201);
        // Forgiven with it.
        for _ in 0..9 {
            app.wechat_sign_in("wang", Some("1991-01-01")).await.problem(401, "invalid_code");
        }
        app.wechat_sign_in("wang", Some(BORN)).await.expect(201);
    }

    async fn what_wechat_refuses_is_told_as_what_it_is(app: TestApp) {
        let (_, token) = app.bound_client(PHONE, "wang").await;
        for (reply, status, code) in [
            (refused(40029), 401, "invalid_code"),
            (refused(45011), 429, "too_many_requests"),
            (refused(40226), 401, "not_bound"),
            (refused(-1), 503, "unavailable"),
            (refused(40125), 503, "unavailable"),
            (Reaction::Answer(502, Value::Null), 503, "unavailable"),
            (Reaction::Drop, 503, "unavailable"),
        ] {
            app.wechat().script_sign_ins([reply.clone()]);
            let before = app.contents();
            let refused = app.wechat_sign_in("wang", None).await;
            assert_eq!(refused.header("retry-after").is_some(), status != 401, "{reply:?}");
            refused.problem(status, code);
            let changed = app.contents();
            let changed = changed.changed_since(&before);
            assert!(changed.iter().all(|table| *table == "sign_in_budgets"), "{changed:?}");
        }
        let bindings = app.get(&token, BINDINGS).await.expect(200);
        app.delete(&token, &format!("{BINDINGS}/{}", id_of(&bindings["items"][0]))).await.expect(204);
        for (reply, status, code) in [
            (refused(40029), 422, "invalid_value"),
            (refused(40226), 409, "conflict"),
            (refused(-1), 503, "unavailable"),
        ] {
            app.wechat().script_sign_ins([reply.clone()]);
            let before = app.contents();
            app.bind_wechat(&token, "wang").await.problem(status, code);
            assert!(app.contents().changed_since(&before).is_empty(), "{reply:?}");
        }
        app.bind_wechat(&token, "wang").await.expect(201);
    }

    async fn an_address_has_a_budget(setup: Setup) {
        let app = setup.with(|config| config.client_sign_in.wechat_per_address_hour = 2).start().await;
        for _ in 0..2 {
            app.wechat_sign_in("wang", None).await.problem(401, "not_bound");
        }
        let answer = app.wechat_sign_in("wang", None).await;
        assert_eq!(answer.header("retry-after"), Some("3600"));
        answer.problem(429, "too_many_requests");
        assert_eq!(app.wechat().questions(), 2);
        // Codes by text message have their own.
        app.ask_code(PHONE).await.expect(202);
        later(&app, 3_600);
        app.wechat_sign_in("wang", None).await.problem(401, "not_bound");
    }

    async fn without_a_mini_program_clients_are_told_so(setup: Setup) {
        let app = setup.with(|config| config.wechat.mini_program.app_id = None).start().await;
        app.wechat_sign_in("wang", None).await.problem(501, "not_configured");
        let client = app.register_born("王小明", PHONE).await;
        app.consent_to_wechat(&client).await;
        let token = app.client_token(PHONE).await;
        app.bind_wechat(&token, "wang").await.problem(501, "not_configured");
        assert_eq!(app.get(&token, BINDINGS).await.expect(200)["items"], json!([]));
    }
}
