//! Access and refresh tokens: what ends them, and when.

use chrono::TimeDelta;
use domain::{Role, SessionId};
use jsonwebtoken::dangerous::insecure_decode;
use reqwest::Method;
use serde_json::{Value, json};
use storage::sessions;
use tests::{Response, TestApp, app::PASSWORD, on_both};

async fn sign_in(app: &TestApp, username: &str) -> Value {
    let body = json!({ "username": username, "password": PASSWORD });
    let request = app.request(Method::POST, "/v1/sessions").json(&body);
    app.send(request).await.expect(201)
}

async fn refresh(app: &TestApp, session: &Value) -> Response {
    let body = json!({ "refresh_token": session["refresh_token"] });
    let request = app
        .request(Method::POST, "/v1/sessions/refresh")
        .json(&body);
    app.send(request).await
}

fn access(session: &Value) -> &str {
    session["access_token"].as_str().unwrap()
}

/// Ends every session of somebody as another process would: in the database alone.
fn end_elsewhere(app: &TestApp, username: &str) {
    let (agency, staff) = (app.seed().agency, app.seed().staff(username));
    let now = app.sign_in_clock().now();
    let ended = app.store().write_in(agency, |tx| {
        sessions::revoke_all_of(tx, agency, staff, now, "test")
    });
    assert!(ended.unwrap() > 0);
}

on_both! {
    /// What cannot be taken back asks the database; the rest hears of it within seconds.
    async fn a_session_ended_by_another_process_ends_here(app: TestApp) {
        let session = sign_in(&app, "agency_admin").await;
        let token = access(&session);
        app.get(token, "/v1/offices").await.expect(200);
        end_elsewhere(&app, "agency_admin");
        let body = json!({
            "username": "chen.li", "password": "another long password", "display_name": "陈老师",
            "role": "caseworker", "office_id": app.seed().office,
        });
        let before = app.contents();
        app.post(token, "/v1/staff", body.clone()).await.problem(401, "unauthenticated");
        assert!(app.contents().changed_since(&before).is_empty());
        app.get(token, "/v1/offices").await.expect(200);
        app.sign_in_clock().advance(api::auth::ended::LOOK_EVERY);
        app.get(token, "/v1/offices").await.problem(401, "unauthenticated");
        app.post(token, "/v1/staff", body).await.problem(401, "unauthenticated");
    }

    /// A clock that was set back, or another machine's that goes ahead.
    async fn a_token_is_not_good_before_its_time(app: TestApp) {
        let session = sign_in(&app, "caseworker").await;
        let made_at = app.sign_in_clock().now();
        let get = || app.get(access(&session), "/v1/offices");
        app.sign_in_clock().set(made_at - TimeDelta::minutes(1));
        get().await.problem(401, "unauthenticated");
        app.sign_in_clock().set(made_at);
        get().await.expect(200);
    }

    /// A process that has just started knows of nothing that ended before.
    async fn the_first_look_goes_back_as_far_as_a_token_lives(app: TestApp) {
        let session = sign_in(&app, "supervisor").await;
        end_elsewhere(&app, "supervisor");
        app.sign_in_clock().advance(TimeDelta::seconds(899));
        app.get(access(&session), "/v1/offices").await.problem(401, "unauthenticated");
    }

    async fn every_use_of_a_void_token_ends_the_session(app: TestApp) {
        let first = sign_in(&app, "caseworker").await;
        let lost = refresh(&app, &first).await.expect(201);
        let second = refresh(&app, &first).await.expect(201);
        // The first answer came after all, in whoever's hands.
        refresh(&app, &lost).await.problem(401, "refresh_token_reused");
        app.get(access(&second), "/v1/offices").await.problem(401, "unauthenticated");
        refresh(&app, &second).await.problem(401, "invalid_refresh_token");
    }

    async fn an_answer_may_get_lost_at_every_step_but_not_twice(app: TestApp) {
        let mut session = sign_in(&app, "caseworker").await;
        for _step in 0..4 {
            refresh(&app, &session).await.expect(201);
            session = refresh(&app, &session).await.expect(201);
        }
        refresh(&app, &session).await.expect(201);
        refresh(&app, &session).await.expect(201);
        refresh(&app, &session).await.problem(401, "refresh_token_reused");
        refresh(&app, &session).await.problem(401, "invalid_refresh_token");
    }

    /// Of many at once one wins, one may pass for the retry of a lost answer, and no more.
    async fn a_refresh_token_sent_many_times_at_once_is_not_multiplied(app: TestApp) {
        let session = sign_in(&app, "caseworker").await;
        let sent: Vec<_> = (0..6)
            .map(|_| {
                let (app, session) = (app.clone(), session.clone());
                tokio::spawn(async move { refresh(&app, &session).await })
            })
            .collect();
        let mut answers = Vec::new();
        for one in sent {
            answers.push(one.await.unwrap());
        }
        let got: Vec<&Response> = answers.iter().filter(|it| it.status.as_u16() == 201).collect();
        assert!((1..=2).contains(&got.len()), "{answers:#?}");
        let code = |answer: &Response| answer.body["code"].as_str().unwrap_or("").to_owned();
        for answer in &answers {
            let known = ["", "refresh_token_reused", "invalid_refresh_token"];
            assert!(known.contains(&code(answer).as_str()), "{answer:#?}");
        }
        // Six is more than a lost answer explains: the session has ended.
        for answer in got {
            app.get(access(&answer.body), "/v1/offices").await.problem(401, "unauthenticated");
            let after = refresh(&app, &answer.body).await;
            assert_eq!(after.status.as_u16(), 401);
        }
    }

    async fn tokens_say_who_made_them_and_nothing_personal(app: TestApp) {
        let session = sign_in(&app, "caseworker").await;
        let token = insecure_decode::<Value>(access(&session)).unwrap();
        let claims = token.claims.as_object().unwrap();
        let mut names: Vec<&str> = claims.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, [
            "agency", "aud", "exp", "iat", "iss", "nbf", "office", "role", "session", "sub", "sub_kind",
        ]);
        assert_eq!(claims["iss"], "tongxing");
        assert_eq!(claims["sub"], app.seed().staff("caseworker").to_string());
        let keys = app.send(app.request(Method::GET, "/.well-known/jwks.json")).await;
        assert_eq!(keys.header("cache-control"), Some("public, max-age=300"));
        let keys = keys.expect(200);
        let key = &keys["keys"][0];
        assert_eq!(key["kid"].as_str(), token.header.kid.as_deref());
        assert_eq!((&key["alg"], &key["use"]), (&json!("EdDSA"), &json!("sig")));
    }

    /// A body cannot give what the caller may not give: unknown fields are refused, and nobody
    /// changes their own rights.
    async fn rights_cannot_be_assigned_by_the_way(app: TestApp) {
        let admin = app.login(Role::AgencyAdmin).await;
        let new = json!({
            "username": "chen.li", "password": "another long password", "display_name": "陈老师",
            "role": "caseworker", "office_id": app.seed().office,
        });
        let with = |field: &str, value: Value| {
            let mut body = new.clone();
            body[field] = value;
            body
        };
        let id = SessionId::from_uuid(uuid::Uuid::nil());
        for (field, value) in [
            ("agency_id", json!(app.seed().foreign.agency)),
            ("id", json!(id)),
            ("active", json!(true)),
            ("permissions", json!(["read_audit"])),
            ("password_hash", json!("x")),
            ("is_admin", json!(true)),
        ] {
            let answer = app.post(&admin, "/v1/staff", with(field, value)).await;
            answer.problem(422, "unknown_field");
        }
        for role in ["integrator", "client", "root", "Agency_Admin", ""] {
            let answer = app.post(&admin, "/v1/staff", with("role", json!(role))).await;
            answer.problem(422, "invalid_value");
        }
        let foreign = with("office_id", json!(app.seed().foreign.office));
        app.post(&admin, "/v1/staff", foreign).await.problem(422, "invalid_value");

        let of = |username: &str| format!("/v1/staff/{}", app.seed().staff(username));
        for field in ["agency_id", "username", "password", "password_hash", "version", "id"] {
            let body = json!({ "display_name": "程老师", field: "x" });
            app.patch(&admin, &of("colleague"), body).await.problem(422, "unknown_field");
        }
        let own = json!({ "role": "caseworker", "office_id": app.seed().office });
        app.patch(&admin, &of("agency_admin"), own).await.problem(409, "conflict");
        let caseworker = app.login(Role::Caseworker).await;
        for username in ["caseworker", "colleague"] {
            let body = json!({ "role": "supervisor" });
            app.patch(&caseworker, &of(username), body).await.problem(403, "forbidden");
        }
        let client = json!({ "name": "王小明", "sex": "male", "caseworker_id": app.seed().staff("colleague") });
        app.post(&caseworker, "/v1/clients", client).await.problem(422, "unknown_field");
    }
}
