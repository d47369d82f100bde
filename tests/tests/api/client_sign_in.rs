//! Clients signing in with a one-time code.

use chrono::TimeDelta;
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use storage::audit_log::{self, AuditEntry, Filter};
use tests::{
    Response, TestApp,
    client::{BORN, other_than},
    on_both,
    steps::id_of,
};

use crate::client_me::assert_neutral;

const PHONE: &str = "13900007777";
const NOBODYS: &str = "13900008888";

fn later(app: &TestApp, seconds: i64) {
    app.sign_in_clock().advance(TimeDelta::seconds(seconds));
}

fn trail(app: &TestApp) -> Vec<AuditEntry> {
    let agency = app.seed().agency;
    app.store()
        .read_in(agency, |tx| {
            audit_log::list(tx, agency, &Filter::default(), None, 10)
        })
        .unwrap()
}

async fn refresh(app: &TestApp, session: &Value) -> Response {
    let body = json!({ "refresh_token": session["refresh_token"] });
    let request = app.request(Method::POST, "/v1/client-sessions/refresh");
    app.send(request.json(&body)).await
}

/// Whether a code stands there by itself, not as a part of some id.
fn says(answer: &Value, code: &str) -> bool {
    let text = answer.to_string();
    let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.any(|word| word == code)
}

fn access(session: &Value) -> &str {
    session["access_token"].as_str().unwrap()
}

on_both! {
    async fn a_code_and_the_date_of_birth_open_the_first_session(app: TestApp) {
        let client = app.register_born("王小明", PHONE).await;
        let code = app.get_code(PHONE).await;
        let sent = app.sent().pop().unwrap();
        assert_eq!(sent.text, format!("【城东服务站】验证码{code},5分钟内有效,请勿告诉他人。"));
        app.try_code(PHONE, &code, None).await.problem(401, "second_fact_required");
        let answer = app.try_code(PHONE, &code, Some(BORN)).await;
        assert_eq!(answer.header("location"), Some("/v1/me"));
        let session = answer.expect(201);
        assert_eq!((&session["token_type"], &session["expires_in"]), (&json!("Bearer"), &json!(900)));
        let me = app.get(access(&session), "/v1/me").await.expect(200);
        assert_eq!((&me["name"], &me["phone"]), (&json!("王*"), &json!("139****7777")));
        // Good once.
        app.try_code(PHONE, &code, Some(BORN)).await.problem(401, "invalid_code");
        let entries = trail(&app);
        assert_eq!(entries[0].action, "create_client_session");
        assert_eq!(entries[1].action, "send_client_code");
        assert_eq!(entries[1].object_id.as_deref(), Some(client.as_str()));
        // From now on the number is enough, for a while.
        later(&app, 60);
        let code = app.get_code(PHONE).await;
        app.try_code(PHONE, &code, None).await.expect(201);
        later(&app, 90 * 86_400);
        let code = app.get_code(PHONE).await;
        app.try_code(PHONE, &code, None).await.problem(401, "second_fact_required");
    }

    /// Same answer, same work in the database, and nothing sent.
    async fn a_number_of_nobody_is_answered_like_a_known_one(app: TestApp) {
        app.register_born("王小明", PHONE).await;
        let (known, unknown) = (app.ask_code(PHONE).await, app.ask_code(NOBODYS).await);
        assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
        let names = |answer: &Response| {
            let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            names.sort();
            names
        };
        assert_eq!(names(&known), names(&unknown));
        known.expect(202);
        // The request never asks whose number it is: one row for each, alike.
        assert_eq!(app.contents().rows("sign_in_codes"), 2);
        app.run_until_idle().await;
        let sent = app.codes_sent_to(PHONE);
        assert_eq!(sent.len(), 1);
        assert_eq!(app.codes_sent_to(NOBODYS).len(), 0);
        for phone in [PHONE, NOBODYS] {
            let answer = app.try_code(phone, &other_than(&sent[0]), None).await;
            answer.problem(401, "invalid_code");
        }
        app.ask_code("0571-88880000").await.problem(422, "invalid_phone");
    }

    async fn five_guesses_void_a_code_and_asking_again_gives_no_more_than_ten_a_day(app: TestApp) {
        app.register_born("王小明", PHONE).await;
        for _ in 0..2 {
            let code = app.get_code(PHONE).await;
            for _ in 0..5 {
                app.try_code(PHONE, &other_than(&code), Some(BORN)).await.problem(401, "invalid_code");
            }
            app.try_code(PHONE, &code, Some(BORN)).await.problem(401, "invalid_code");
            later(&app, 60);
        }
        // Locked: the right code of a new letter is no better.
        let code = app.get_code(PHONE).await;
        app.try_code(PHONE, &code, Some(BORN)).await.problem(401, "invalid_code");
        later(&app, 24 * 3_600);
        let code = app.get_code(PHONE).await;
        app.try_code(PHONE, &code, Some(BORN)).await.expect(201);
    }

    async fn guesses_at_once_count_one_by_one(app: TestApp) {
        app.register_born("王小明", PHONE).await;
        let code = app.get_code(PHONE).await;
        let wrong = other_than(&code);
        let guess = || {
            let (app, wrong) = (app.clone(), wrong.clone());
            tokio::spawn(async move { app.try_code(PHONE, &wrong, Some(BORN)).await })
        };
        let guesses: Vec<_> = (0..5).map(|_| guess()).collect();
        for guess in guesses {
            guess.await.unwrap().problem(401, "invalid_code");
        }
        app.try_code(PHONE, &code, Some(BORN)).await.problem(401, "invalid_code");
    }

    async fn a_wrong_date_of_birth_is_a_wrong_guess(app: TestApp) {
        app.register_born("王小明", PHONE).await;
        let code = app.get_code(PHONE).await;
        for _ in 0..5 {
            app.try_code(PHONE, &code, Some("1991-01-01")).await.problem(401, "invalid_code");
        }
        assert_eq!(trail(&app)[0].outcome, "refused");
        app.try_code(PHONE, &code, Some(BORN)).await.problem(401, "invalid_code");
    }

    async fn a_new_code_voids_the_one_before_and_none_outlives_five_minutes(app: TestApp) {
        app.register_born("王小明", PHONE).await;
        let first = app.get_code(PHONE).await;
        later(&app, 59);
        app.ask_code(PHONE).await.expect(202);
        app.run_until_idle().await;
        assert_eq!(app.codes_sent_to(PHONE).len(), 1, "a second one within a minute");
        later(&app, 1);
        let second = app.get_code(PHONE).await;
        if first != second {
            app.try_code(PHONE, &first, Some(BORN)).await.problem(401, "invalid_code");
        }
        later(&app, 300);
        app.try_code(PHONE, &second, Some(BORN)).await.problem(401, "invalid_code");
    }

    async fn a_code_that_waited_too_long_is_not_sent(app: TestApp) {
        app.register_born("王小明", PHONE).await;
        app.ask_code(PHONE).await.expect(202);
        later(&app, 300);
        app.run_until_idle().await;
        assert_eq!(app.codes_sent_to(PHONE).len(), 0);
    }

    /// Whoever holds the number now learns nothing of whoever held it before.
    async fn a_shared_number_always_asks_who_it_is(app: TestApp) {
        app.register_born("王小明", PHONE).await;
        let token = app.login(Role::Caseworker).await;
        let other = json!({ "name": "李小红", "sex": "female", "birth_date": "1985-05-05", "phone": PHONE });
        app.post(&token, "/v1/clients", other).await.expect(201);
        for _ in 0..2 {
            let code = app.get_code(PHONE).await;
            app.try_code(PHONE, &code, None).await.problem(401, "second_fact_required");
            let session = app.try_code(PHONE, &code, Some("1985-05-05")).await.expect(201);
            assert_eq!(app.get(access(&session), "/v1/me").await.expect(200)["name"], "李*");
            later(&app, 60);
        }
    }

    /// Lost, given back or never theirs: who is signed in by it goes, and the code alone opens nothing.
    async fn a_number_that_is_the_clients_no_more_opens_nothing(app: TestApp) {
        let client = app.register_born("王小明", PHONE).await;
        let staff = app.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{client}");
        let session = app.client_session(PHONE).await;
        app.patch(&staff, &path, json!({ "name": "王大明" })).await.expect(200);
        app.get(access(&session), "/v1/me").await.expect(200);
        app.patch(&staff, &path, json!({ "phone_confirmed": false })).await.expect(200);
        app.get(access(&session), "/v1/me").await.problem(401, "unauthenticated");
        refresh(&app, &session).await.problem(401, "invalid_refresh_token");
        later(&app, 60);
        let code = app.get_code(PHONE).await;
        app.try_code(PHONE, &code, None).await.problem(401, "second_fact_required");
        let session = app.try_code(PHONE, &code, Some(BORN)).await.expect(201);
        app.get(access(&session), "/v1/me").await.expect(200);
        later(&app, 60);
        let code = app.get_code(PHONE).await;
        app.patch(&staff, &path, json!({ "phone": NOBODYS })).await.expect(200);
        app.get(access(&session), "/v1/me").await.problem(401, "unauthenticated");
        app.try_code(PHONE, &code, Some(BORN)).await.problem(401, "invalid_code");
    }

    async fn too_many_requests_from_one_address_are_told_so(setup: Setup) {
        let app = setup.with(|config| config.client_sign_in.codes_per_address_hour = 2).start().await;
        for phone in [PHONE, NOBODYS] {
            app.ask_code(phone).await.expect(202);
        }
        let answer = app.ask_code("13900009999").await;
        assert_eq!(answer.header("retry-after"), Some("3600"));
        answer.problem(429, "too_many_requests");
        later(&app, 3_600);
        app.ask_code("13900009999").await.expect(202);
    }

    async fn a_budget_for_everybody_ends_the_pumping_of_codes(setup: Setup) {
        let app = setup.with(|config| config.client_sign_in.codes_per_hour = 1).start().await;
        app.ask_code(PHONE).await.expect(202);
        app.ask_code(NOBODYS).await.problem(429, "too_many_requests");
    }

    async fn a_refresh_token_is_good_once_more_only_while_its_answer_may_be_lost(app: TestApp) {
        app.register_born("王小明", PHONE).await;
        let first = app.client_session(PHONE).await;
        let lost = refresh(&app, &first).await.expect(201);
        let second = refresh(&app, &first).await.expect(201);
        app.get(access(&second), "/v1/me").await.expect(200);
        // The answer that was lost is in other hands.
        refresh(&app, &lost).await.problem(401, "refresh_token_reused");
        refresh(&app, &second).await.problem(401, "invalid_refresh_token");
        // At once, although the access token runs on.
        app.get(access(&second), "/v1/me").await.problem(401, "unauthenticated");
        let forged = json!({ "refresh_token": "txc_AAAA" });
        refresh(&app, &forged).await.problem(401, "invalid_refresh_token");
    }

    async fn a_session_ends_when_idle_and_at_its_absolute_end(setup: Setup) {
        let change = |config: &mut platform::Config| {
            config.client_sign_in.session_idle_days = 2;
            config.client_sign_in.session_absolute_days = 3;
        };
        let app = setup.with(change).start().await;
        app.register_born("王小明", PHONE).await;
        let first = app.client_session(PHONE).await;
        later(&app, 2 * 86_400);
        refresh(&app, &first).await.problem(401, "invalid_refresh_token");
        let mut session = app.client_session(PHONE).await;
        for _ in 0..2 {
            later(&app, 86_400);
            session = refresh(&app, &session).await.expect(201);
        }
        later(&app, 86_400);
        refresh(&app, &session).await.problem(401, "invalid_refresh_token");
    }

    async fn signing_out_ends_both_tokens(app: TestApp) {
        app.register_born("王小明", PHONE).await;
        let session = app.client_session(PHONE).await;
        app.delete(access(&session), "/v1/client-sessions/current").await.expect(204);
        app.get(access(&session), "/v1/me").await.problem(401, "unauthenticated");
        refresh(&app, &session).await.problem(401, "invalid_refresh_token");
    }

    async fn tokens_of_clients_and_of_staff_are_not_taken_for_one_another(app: TestApp) {
        app.register_born("王小明", PHONE).await;
        let client = app.client_token(PHONE).await;
        let staff = app.login(Role::Caseworker).await;
        app.get(&client, "/v1/clients").await.problem(401, "unauthenticated");
        app.get(&staff, "/v1/me").await.problem(401, "unauthenticated");
        later(&app, 900);
        app.get(&client, "/v1/me").await.problem(401, "token_expired");
    }

    /// Neither the message history nor the trail has the code; the database has it sealed, and only
    /// until it is sent.
    async fn a_code_is_nowhere_to_be_read(app: TestApp) {
        app.born_with_case(PHONE, "2025-09-01").await;
        let code = app.get_code(PHONE).await;
        let token = app.login(Role::Caseworker).await;
        let messages = app.get(&token, "/v1/messages?limit=100").await.expect(200);
        assert!(!says(&messages, &code));
        assert!(!messages.to_string().contains("sign_in_code"));
        let auditor = app.login(Role::Auditor).await;
        let entries = app.get(&auditor, "/v1/audit-entries?limit=100").await.expect(200);
        assert!(entries.to_string().contains("send_client_code"));
        assert!(!says(&entries, &code));
        let waiting = app.store().read_in(app.seed().agency, |tx| {
            storage::sign_in_codes::any_waiting(tx, app.seed().agency)
        });
        assert!(!waiting.unwrap());
    }
}

on_both! {
    /// What was never sent, and who asked long ago, is not kept.
    async fn what_is_over_is_wiped_and_then_removed(app: TestApp) {
        app.ask_code(NOBODYS).await.expect(202);
        let sealed = |app: &TestApp| app.contents();
        let before = sealed(&app);
        app.worker().run_job_once("purge").await.unwrap();
        assert!(!sealed(&app).changed_since(&before).contains("sign_in_codes"));
        later(&app, 300);
        app.worker().run_job_once("purge").await.unwrap();
        assert!(sealed(&app).changed_since(&before).contains("sign_in_codes"));
        later(&app, 3 * 86_400);
        app.worker().run_job_once("purge").await.unwrap();
        let after = sealed(&app);
        assert_eq!((after.rows("sign_in_codes"), after.rows("sign_in_budgets")), (0, 0));
    }

    /// Whoever lost a telephone ends its session from another.
    async fn a_client_sees_and_ends_their_own_sessions(app: TestApp) {
        app.register_born("王小明", PHONE).await;
        app.register_born("李小红", NOBODYS).await;
        let lost = app.client_session(PHONE).await;
        later(&app, 120);
        let here = app.client_session(PHONE).await;
        let (token, other) = (access(&here), access(&lost));
        let list = app.get(token, "/v1/me/sessions").await.expect(200);
        assert_neutral(&list);
        let items = list["items"].as_array().unwrap();
        let current: Vec<bool> = items.iter().map(|item| item["current"] == true).collect();
        assert_eq!(current, [true, false]);

        let path = format!("/v1/me/sessions/{}", id_of(&items[1]));
        let somebody = app.client_token(NOBODYS).await;
        let before = app.contents();
        app.delete(&somebody, &path).await.problem(404, "not_found");
        assert!(app.contents().changed_since(&before).is_empty());
        app.get(other, "/v1/me").await.expect(200);
        app.delete(token, &path).await.expect(204);
        app.get(other, "/v1/me").await.problem(401, "unauthenticated");
        refresh(&app, &lost).await.problem(401, "invalid_refresh_token");
        app.delete(token, &path).await.problem(404, "not_found");
        let left = app.get(token, "/v1/me/sessions").await.expect(200);
        assert_eq!(left["items"].as_array().unwrap().len(), 1);
        // The trail names what was proved, and not by what.
        let auditor = app.login(Role::Auditor).await;
        let entries = app.get(&auditor, "/v1/audit-entries?action=create_client_session").await.expect(200);
        let entries = entries["items"].as_array().unwrap();
        assert!(entries.iter().all(|entry| entry["reason"] == "code,birth_date"), "{entries:#?}");
    }
}
