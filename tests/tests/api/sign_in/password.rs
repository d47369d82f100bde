//! Passwords: which are taken, how they change, how they are kept.

use std::{sync::mpsc, time::Duration};

use api::auth::Passwords;
use chrono::TimeDelta;
use domain::Role;
use platform::config::{Argon2Config, PasswordProfile};
use serde_json::{Value, json};
use storage::{
    StorageError, credentials,
    staff::{self, Staff},
};
use tests::{Response, TestApp, app::PASSWORD, on_both};

use super::{new_session, refresh, sign_in, text};

const OTHER: &str = "quite another password";
const OWN: &str = "/v1/sessions/current/password";

async fn with(app: &TestApp, password: &str) -> Response {
    sign_in(
        app,
        json!({ "username": "caseworker", "password": password }),
    )
    .await
}

async fn change(app: &TestApp, token: &str, from: &str, to: &str) -> Response {
    let body = json!({ "current_password": from, "new_password": to });
    app.put(token, OWN, body).await
}

#[track_caller]
fn refused(answer: Response, pointer: &str) {
    let body = answer.problem(422, "password_refused");
    assert_eq!(body["errors"][0]["pointer"], pointer);
}

/// The caseworker as stored.
fn stored(app: &TestApp) -> Staff {
    let (agency, id) = (app.seed().agency, app.seed().staff("caseworker"));
    let staff = app.store().read_in(agency, |tx| staff::get(tx, agency, id));
    staff.unwrap().unwrap()
}

/// A hash by other settings than the app's.
async fn older_hash(app: &TestApp, password: &str) -> String {
    let older = Argon2Config {
        memory_kib: 32,
        iterations: 1,
        parallelism: 1,
    };
    let older = Passwords::start(&older, 1, app.randomness().clone()).unwrap();
    older.hash(password.into()).await.unwrap()
}

fn new_staff(app: &TestApp, password: &str) -> Value {
    json!({
        "username": "chen.li", "password": password, "display_name": "陈老师",
        "role": "caseworker", "office_id": app.seed().office,
    })
}

on_both! {
    async fn what_is_guessed_first_is_no_password(app: TestApp) {
        let token = app.login(Role::AgencyAdmin).await;
        let long = "长".repeat(129);
        for password in [
            "short one", "password1234", "WoAiNi1314520", "1qaz2wsx3edc", "aaaaaaaaaaaa",
            "my chen.li password", "城东服务站-fkm-qxw", "东山县-fkm-qxw-zt", &long,
        ] {
            let answer = app.post(&token, "/v1/staff", new_staff(&app, password)).await;
            refused(answer, "/password");
        }
        app.post(&token, "/v1/staff", new_staff(&app, "all small letters")).await.expect(201);
    }

    /// Who made the account knows its first password.
    async fn a_first_password_is_good_for_a_change_only(app: TestApp) {
        let admin = app.login(Role::AgencyAdmin).await;
        app.post(&admin, "/v1/staff", new_staff(&app, "all small letters")).await.expect(201);
        let body = json!({ "username": "chen.li", "password": "all small letters" });
        let session = sign_in(&app, body).await.expect(201);
        assert_eq!(session["restriction"], "password_change");
        let token = text(&session, "access_token");
        app.get(token, "/v1/today").await.problem(403, "password_change_required");
        change(&app, token, "all small letters", OTHER).await.expect(204);
        let session = refresh(&app, text(&session, "refresh_token")).await.expect(201);
        app.get(text(&session, "access_token"), "/v1/today").await.expect(200);
    }

    async fn whoever_changes_their_password_stays_and_is_signed_out_elsewhere(app: TestApp) {
        let (here, elsewhere) = (new_session(&app).await, new_session(&app).await);
        let (token, other) = (text(&here, "access_token"), text(&elsewhere, "access_token"));
        let wrong = change(&app, token, "wrong", OTHER).await;
        let wrong = wrong.problem(401, "invalid_credentials");
        assert_eq!(wrong["errors"][0]["pointer"], "/current_password");
        refused(change(&app, token, PASSWORD, "password1234").await, "/new_password");
        refused(change(&app, token, PASSWORD, PASSWORD).await, "/new_password");
        app.get(other, "/v1/today").await.expect(200);

        change(&app, token, PASSWORD, OTHER).await.expect(204);
        app.get(token, "/v1/today").await.expect(200);
        refresh(&app, text(&here, "refresh_token")).await.expect(201);
        app.get(other, "/v1/today").await.problem(401, "unauthenticated");
        let after = refresh(&app, text(&elsewhere, "refresh_token")).await;
        after.problem(401, "invalid_refresh_token");
        with(&app, PASSWORD).await.problem(401, "invalid_credentials");
        with(&app, OTHER).await.expect(201);
    }

    /// A session left open is no place to guess the password at.
    async fn guessing_at_the_change_makes_wait(app: TestApp) {
        let session = new_session(&app).await;
        let token = text(&session, "access_token");
        for _ in 0..5 {
            change(&app, token, "wrong", OTHER).await.problem(401, "invalid_credentials");
        }
        change(&app, token, PASSWORD, OTHER).await.problem(429, "too_many_requests");
        app.sign_in_clock().advance(TimeDelta::seconds(30));
        change(&app, token, PASSWORD, OTHER).await.expect(204);
    }

    /// The right one among many sent at once is worth no more than sent after them.
    async fn guessing_at_the_change_all_at_once_is_no_better(setup: Setup) {
        let setup = setup.with(|config| config.auth.argon2.memory_kib = 16 * 1024);
        let app = setup.start().await;
        let session = new_session(&app).await;
        let token = text(&session, "access_token");
        let guesses = (0..16).map(|_| {
            let (app, token) = (app.clone(), token.to_owned());
            tokio::spawn(async move { change(&app, &token, "wrong", OTHER).await.status.as_u16() })
        });
        let guesses: Vec<_> = guesses.collect();
        tokio::time::sleep(Duration::from_millis(20)).await;
        change(&app, token, PASSWORD, OTHER).await.problem(429, "too_many_requests");
        let mut looked_at = 0;
        for guess in guesses {
            match guess.await.unwrap() {
                401 => looked_at += 1,
                other => assert_eq!(other, 429),
            }
        }
        assert_eq!(looked_at, 5);
    }

    async fn a_reset_password_is_good_for_a_change_only(app: TestApp) {
        let before = new_session(&app).await;
        let security = app.login(Role::SecurityAdmin).await;
        let id = app.seed().staff("caseworker");
        let path = format!("/v1/staff/{id}/password");
        refused(app.put(&security, &path, json!({ "password": "password1234" })).await, "/password");
        app.put(&security, &path, json!({ "password": OTHER })).await.expect(204);
        let old = app.get(text(&before, "access_token"), "/v1/today").await;
        old.problem(401, "unauthenticated");
        with(&app, PASSWORD).await.problem(401, "invalid_credentials");

        let session = with(&app, OTHER).await.expect(201);
        assert_eq!(session["restriction"], "password_change");
        let token = text(&session, "access_token");
        for path in ["/v1/today", "/v1/clients", "/v1/offices"] {
            app.get(token, path).await.problem(403, "password_change_required");
        }
        app.get(token, "/v1/sessions").await.expect(200);
        change(&app, token, OTHER, "my very own password").await.expect(204);
        let session = refresh(&app, text(&session, "refresh_token")).await.expect(201);
        assert_eq!(session["restriction"], Value::Null);
        app.get(text(&session, "access_token"), "/v1/today").await.expect(200);

        let own = format!("/v1/staff/{}/password", app.seed().staff("security_admin"));
        app.put(&security, &own, json!({ "password": OTHER })).await.problem(409, "conflict");
    }

    async fn a_reset_password_is_good_for_three_days(app: TestApp) {
        let security = app.login(Role::SecurityAdmin).await;
        let path = format!("/v1/staff/{}/password", app.seed().staff("caseworker"));
        app.put(&security, &path, json!({ "password": OTHER })).await.expect(204);
        app.sign_in_clock().advance(TimeDelta::days(3));
        with(&app, OTHER).await.problem(401, "invalid_credentials");
    }

    async fn a_password_hashed_by_other_settings_is_hashed_anew_at_its_sign_in(setup: Setup) {
        let setup = setup.with(|config| config.auth.argon2.memory_kib = 256);
        let app = setup.start().await;
        let old = older_hash(&app, PASSWORD).await;
        let (agency, before) = (app.seed().agency, stored(&app));
        let set = app.store().write_in(agency, |tx| {
            credentials::set_hash(tx, agency, before.id, &before.password_hash, &old)
        });
        assert!(set.unwrap());
        with(&app, "wrong").await.problem(401, "invalid_credentials");
        assert_eq!(stored(&app).password_hash, old);
        with(&app, PASSWORD).await.expect(201);
        let after = stored(&app);
        assert!(after.password_hash.starts_with("$argon2id$v=19$m=256,t=1,p=1$"));
        assert_eq!(after.version, before.version);
        with(&app, PASSWORD).await.expect(201);
        assert_eq!(stored(&app).password_hash, after.password_hash);
    }

    /// A sign-in by the old password that is under way when the new one is set opens nothing: the
    /// sessions that the change ends are those it sees.
    async fn a_sign_in_does_not_outrun_a_new_password(app: TestApp) {
        let hash = older_hash(&app, OTHER).await;
        let (agency, store, before) = (app.seed().agency, app.store().clone(), stored(&app));
        let (begun, has_begun) = mpsc::channel();
        let (commit, may_commit) = mpsc::channel::<()>();
        let change = tokio::task::spawn_blocking(move || {
            store.write_in(agency, |tx| {
                let from = &before.password_hash;
                assert!(credentials::set_hash(tx, agency, before.id, from, &hash)?);
                begun.send(()).unwrap();
                may_commit.recv().unwrap();
                Ok::<_, StorageError>(())
            })
        });
        has_begun.recv().unwrap();
        let signing_in = app.clone();
        let sign_in = tokio::spawn(async move { with(&signing_in, PASSWORD).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        commit.send(()).unwrap();
        change.await.unwrap().unwrap();
        sign_in.await.unwrap().problem(401, "invalid_credentials");
        with(&app, OTHER).await.expect(201);
    }

    /// Whoever changed something else had read the old hash.
    async fn another_change_of_the_account_does_not_bring_the_old_password_back(app: TestApp) {
        let hash = older_hash(&app, OTHER).await;
        let (agency, before) = (app.seed().agency, stored(&app));
        let saved = app.store().write_in(agency, |tx| {
            credentials::set_hash(tx, agency, before.id, &before.password_hash, &hash)?;
            staff::save(tx, &before, before.version)
        });
        assert!(saved.unwrap());
        with(&app, PASSWORD).await.problem(401, "invalid_credentials");
        with(&app, OTHER).await.expect(201);
    }

    async fn the_third_level_asks_for_kinds_of_character_and_a_new_password_each_quarter(
        setup: Setup
    ) {
        let setup = setup.with(|config| config.auth.password_profile = PasswordProfile::Level3);
        let app = setup.start().await;
        let token = app.login(Role::AgencyAdmin).await;
        refused(app.post(&token, "/v1/staff", new_staff(&app, "all small letters")).await, "/password");
        app.post(&token, "/v1/staff", new_staff(&app, "Some 3 Letters")).await.expect(201);

        app.sign_in_clock().advance(TimeDelta::days(90) - TimeDelta::seconds(1));
        assert_eq!(with(&app, PASSWORD).await.expect(201)["restriction"], Value::Null);
        app.sign_in_clock().advance(TimeDelta::seconds(1));
        let session = with(&app, PASSWORD).await.expect(201);
        assert_eq!(session["restriction"], "password_change");
        let token = text(&session, "access_token");
        app.get(token, "/v1/today").await.problem(403, "password_change_required");
        change(&app, token, PASSWORD, "Some 4 Letters").await.expect(204);
        assert_eq!(with(&app, "Some 4 Letters").await.expect(201)["restriction"], Value::Null);
    }
}
