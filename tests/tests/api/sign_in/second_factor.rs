//! Second factors: setting one up, using its codes once, losing it.

use api::auth::{TotpSecret, totp::step_at};
use chrono::TimeDelta;
use domain::Role;
use serde_json::{Value, json};
use tests::{Response, TestApp, app::PASSWORD, on_both};

use super::{new_session, refresh, sign_in, text};

const BEGIN: &str = "/v1/sessions/current/second-factor";
const CONFIRM: &str = "/v1/sessions/current/second-factor/confirmation";

/// What a person has who set a second factor up.
struct Enrolled {
    secret: TotpSecret,
    recovery_codes: Vec<String>,
}

impl Enrolled {
    /// What the authenticator shows.
    fn code(&self, app: &TestApp) -> String {
        self.secret.code_at(step_at(app.sign_in_clock().now()))
    }
}

async fn with_code(app: &TestApp, code: &str) -> Response {
    let body = json!({ "username": "caseworker", "password": PASSWORD, "totp": code });
    sign_in(app, body).await
}

async fn enrol(app: &TestApp, token: &str) -> Enrolled {
    let begun = app
        .put(token, BEGIN, json!({ "password": PASSWORD }))
        .await
        .expect(200);
    let secret = TotpSecret::decode(text(&begun, "secret")).unwrap();
    let url = text(&begun, "otpauth_url");
    assert!(
        url.contains(text(&begun, "secret")) && url.starts_with("otpauth://totp/"),
        "{url}"
    );
    assert!(text(&begun, "qr_svg").contains("<svg"));
    let code = secret.code_at(step_at(app.sign_in_clock().now()));
    let confirmed = app
        .put(token, CONFIRM, json!({ "totp": code }))
        .await
        .expect(200);
    let codes = confirmed["recovery_codes"].as_array().unwrap().iter();
    Enrolled {
        secret,
        recovery_codes: codes
            .map(|code| code.as_str().unwrap().to_owned())
            .collect(),
    }
}

fn next_step(app: &TestApp) {
    app.sign_in_clock().advance(TimeDelta::seconds(30));
}

on_both! {
    async fn each_code_lets_in_once(app: TestApp) {
        let session = new_session(&app).await;
        let enrolled = enrol(&app, text(&session, "access_token")).await;
        let without = json!({ "username": "caseworker", "password": PASSWORD });
        sign_in(&app, without).await.problem(401, "one_time_code_required");
        // The code that confirmed is used up, and so is the step before.
        let used = enrolled.code(&app);
        with_code(&app, &used).await.problem(401, "invalid_credentials");
        next_step(&app);
        with_code(&app, &used).await.problem(401, "invalid_credentials");
        let code = enrolled.code(&app);
        with_code(&app, &code).await.expect(201);
        with_code(&app, &code).await.problem(401, "invalid_credentials");
        // A step late is in time, two are not.
        next_step(&app);
        next_step(&app);
        let late = enrolled.code(&app);
        next_step(&app);
        with_code(&app, &late).await.expect(201);
        next_step(&app);
        let too_late = enrolled.code(&app);
        next_step(&app);
        next_step(&app);
        with_code(&app, &too_late).await.problem(401, "invalid_credentials");
    }

    async fn of_the_same_code_twice_at_once_one_is_let_in(app: TestApp) {
        let session = new_session(&app).await;
        let enrolled = enrol(&app, text(&session, "access_token")).await;
        next_step(&app);
        let code = enrolled.code(&app);
        let send = || {
            let (app, code) = (app.clone(), code.clone());
            tokio::spawn(async move { with_code(&app, &code).await.status.as_u16() })
        };
        let mut answers = Vec::new();
        for sent in [send(), send(), send(), send()] {
            answers.push(sent.await.unwrap());
        }
        answers.sort_unstable();
        assert_eq!(answers, [201, 401, 401, 401]);
    }

    /// The owner sees since when there is one and what is left; the trail, what was proved.
    async fn what_was_proved_is_in_the_trail_and_what_is_left_is_shown(app: TestApp) {
        let session = new_session(&app).await;
        let enrolled = enrol(&app, text(&session, "access_token")).await;
        next_step(&app);
        let session = with_code(&app, &enrolled.code(&app)).await.expect(201);
        assert!(session["account"]["second_factor_since"].is_string());
        assert_eq!(session["account"]["recovery_codes_left"], 10);
        let session = with_code(&app, &enrolled.recovery_codes[0]).await.expect(201);
        let token = text(&session, "access_token");
        let shown = app.get(token, "/v1/sessions/current").await.expect(200);
        assert_eq!(shown["account"]["recovery_codes_left"], 9);
        let auditor = app.login(Role::Auditor).await;
        let path = "/v1/audit-entries?action=create_session&outcome=done&limit=100";
        let entries = app.get(&auditor, path).await.expect(200);
        let proved = entries["items"].as_array().unwrap().iter();
        let proved: Vec<_> = proved.map(|entry| entry["reason"].as_str().unwrap()).collect();
        assert_eq!(proved, ["password", "password,recovery_code", "password,totp", "password"]);
    }

    async fn a_recovery_code_lets_in_once(app: TestApp) {
        let session = new_session(&app).await;
        let enrolled = enrol(&app, text(&session, "access_token")).await;
        assert_eq!(enrolled.recovery_codes.len(), 10);
        let typed = enrolled.recovery_codes[0].replace('-', " ").to_lowercase();
        with_code(&app, &typed).await.expect(201);
        with_code(&app, &enrolled.recovery_codes[0]).await.problem(401, "invalid_credentials");
        with_code(&app, &enrolled.recovery_codes[9]).await.expect(201);
        let contents = app.contents();
        assert!(!contents.mentions(&enrolled.secret.encode()));
        for code in &enrolled.recovery_codes {
            assert!(!contents.mentions(&code.replace('-', "")));
        }
    }

    /// The password is right, and the code is guessed at.
    async fn guessing_codes_makes_wait(app: TestApp) {
        let session = new_session(&app).await;
        let enrolled = enrol(&app, text(&session, "access_token")).await;
        next_step(&app);
        let right = enrolled.code(&app);
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            with_code(&app, wrong).await.problem(401, "invalid_credentials");
        }
        with_code(&app, &right).await.problem(429, "too_many_requests");
    }

    /// Whoever found a session open and knows the password guesses at the code here.
    async fn guessing_codes_to_replace_it_makes_wait(app: TestApp) {
        let session = new_session(&app).await;
        let token = text(&session, "access_token");
        let enrolled = enrol(&app, token).await;
        next_step(&app);
        let right = enrolled.code(&app);
        let wrong = if right == "000000" { "000001" } else { "000000" };
        let replace = |code| json!({ "password": PASSWORD, "totp": code });
        for _ in 0..5 {
            app.put(token, BEGIN, replace(wrong)).await.problem(401, "invalid_credentials");
        }
        app.put(token, BEGIN, replace(&right)).await.problem(429, "too_many_requests");
        with_code(&app, &right).await.problem(429, "too_many_requests");
        app.sign_in_clock().advance(TimeDelta::seconds(30));
        app.put(token, BEGIN, replace(&enrolled.code(&app))).await.expect(200);
    }

    /// Nor are recovery codes to be had by guessing at a secret that somebody else began with.
    async fn guessing_codes_to_confirm_it_makes_wait(app: TestApp) {
        let session = new_session(&app).await;
        let token = text(&session, "access_token");
        let begun = app.put(token, BEGIN, json!({ "password": PASSWORD })).await.expect(200);
        let secret = TotpSecret::decode(text(&begun, "secret")).unwrap();
        for _ in 0..5 {
            app.put(token, CONFIRM, json!({ "totp": "12345" })).await.problem(422, "invalid_value");
        }
        let code = secret.code_at(step_at(app.sign_in_clock().now()));
        let confirm = json!({ "totp": code });
        app.put(token, CONFIRM, confirm.clone()).await.problem(429, "too_many_requests");
        app.sign_in_clock().advance(TimeDelta::seconds(30));
        app.put(token, CONFIRM, confirm).await.expect(200);
    }

    /// A stranger who got in by the password alone does not become whole by the owner's code.
    async fn sessions_that_showed_no_code_end_when_there_is_one(setup: Setup) {
        let app = setup.with(|config| config.auth.require_second_factor = Some(true)).start().await;
        let (strangers, owners) = (new_session(&app).await, new_session(&app).await);
        let token = text(&owners, "access_token");
        enrol(&app, token).await;
        let ended = app.get(text(&strangers, "access_token"), "/v1/sessions").await;
        ended.problem(401, "unauthenticated");
        let ended = refresh(&app, text(&strangers, "refresh_token")).await;
        ended.problem(401, "invalid_refresh_token");
        let owners = refresh(&app, text(&owners, "refresh_token")).await.expect(201);
        assert_eq!(owners["restriction"], Value::Null);
    }

    async fn it_is_set_up_by_who_knows_the_password_and_replaced_by_who_has_the_old_one(
        app: TestApp
    ) {
        let session = new_session(&app).await;
        let token = text(&session, "access_token");
        app.put(token, CONFIRM, json!({ "totp": "123456" })).await.problem(409, "conflict");
        let wrong = app.put(token, BEGIN, json!({ "password": "wrong" })).await;
        wrong.problem(401, "invalid_credentials");
        app.put(token, BEGIN, json!({ "password": PASSWORD })).await.expect(200);
        let wrong = app.put(token, CONFIRM, json!({ "totp": "12345" })).await;
        assert_eq!(wrong.problem(422, "invalid_value")["errors"][0]["pointer"], "/totp");
        // Not confirmed: signing in needs no code yet.
        new_session(&app).await;

        let first = enrol(&app, token).await;
        let bare = app.put(token, BEGIN, json!({ "password": PASSWORD })).await;
        bare.problem(401, "one_time_code_required");
        next_step(&app);
        let body = json!({ "password": PASSWORD, "totp": first.code(&app) });
        let begun = app.put(token, BEGIN, body).await.expect(200);
        // The first one goes on until the second is confirmed.
        next_step(&app);
        with_code(&app, &first.code(&app)).await.expect(201);
        let second = TotpSecret::decode(text(&begun, "secret")).unwrap();
        let code = second.code_at(step_at(app.sign_in_clock().now()));
        app.put(token, CONFIRM, json!({ "totp": code })).await.expect(200);
        next_step(&app);
        with_code(&app, &first.code(&app)).await.problem(401, "invalid_credentials");
        let old = &first.recovery_codes[0];
        with_code(&app, old).await.problem(401, "invalid_credentials");
        with_code(&app, &second.code_at(step_at(app.sign_in_clock().now()))).await.expect(201);
    }

    async fn where_it_is_demanded_nothing_else_goes_before(setup: Setup) {
        let app = setup.with(|config| config.auth.require_second_factor = Some(true)).start().await;
        let session = new_session(&app).await;
        assert_eq!(session["restriction"], "second_factor");
        let token = text(&session, "access_token");
        for path in ["/v1/clients", "/v1/today", "/v1/offices"] {
            app.get(token, path).await.problem(403, "second_factor_required");
        }
        let body = json!({ "name": "王小明", "sex": "male" });
        app.post(token, "/v1/clients", body).await.problem(403, "second_factor_required");
        app.get(token, "/v1/sessions").await.expect(200);
        enrol(&app, token).await;
        app.get(token, "/v1/today").await.problem(403, "second_factor_required");
        let session = refresh(&app, text(&session, "refresh_token")).await.expect(201);
        assert_eq!(session["restriction"], Value::Null);
        app.get(text(&session, "access_token"), "/v1/today").await.expect(200);

        for role in Role::ALL.iter().filter(|role| **role != Role::Caseworker) {
            let body = json!({ "username": app.seed().username(*role), "password": PASSWORD });
            let session = sign_in(&app, body).await.expect(201);
            assert_eq!(session["restriction"], "second_factor", "{role}");
        }
    }

    async fn the_security_administration_takes_a_lost_one_away(app: TestApp) {
        let session = new_session(&app).await;
        let token = text(&session, "access_token");
        enrol(&app, token).await;
        let security = app.login(Role::SecurityAdmin).await;
        let path = format!("/v1/staff/{}/second-factor", app.seed().staff("caseworker"));
        app.delete(&security, &path).await.expect(204);
        app.get(token, "/v1/today").await.problem(401, "unauthenticated");
        new_session(&app).await;
        app.delete(&security, &path).await.problem(404, "not_found");
        let own = format!("/v1/staff/{}/second-factor", app.seed().staff("security_admin"));
        app.delete(&security, &own).await.problem(409, "conflict");
    }
}
