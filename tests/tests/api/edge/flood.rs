//! Too often, and too much at once.

use domain::Role;
use reqwest::{Method, header::HeaderMap};
use serde_json::json;
use tests::{Response, TestApp, on_both};

fn limit(headers: &HeaderMap) -> (&str, &str) {
    let text = |name| headers[name].to_str().unwrap();
    (text("ratelimit-policy"), text("ratelimit"))
}

async fn sign_in(app: &TestApp, forwarded: &str) -> Response {
    let body = json!({ "username": "caseworker", "password": "wrong" });
    let request = app.request(Method::POST, "/v1/sessions").json(&body);
    app.send(request.header("x-forwarded-for", forwarded)).await
}

on_both! {
    async fn each_caller_has_a_limit_and_is_told_of_it(setup: Setup) {
        let app = setup.with(|config| config.server.requests_per_minute = 3).start().await;
        let token = app.login(Role::Caseworker).await;
        let other = app.login(Role::Supervisor).await;
        for left in ["r=2;t=20", "r=1;t=40", "r=0;t=60"] {
            let answer = app.get(&token, "/v1/offices").await;
            let expected = format!("\"caller\";{left}");
            assert_eq!(limit(&answer.headers), ("\"caller\";q=3;w=60", expected.as_str()));
            answer.expect(200);
        }
        let refused = app.get(&token, "/v1/offices").await;
        assert_eq!(limit(&refused.headers), ("\"caller\";q=3;w=60", "\"caller\";r=0;t=60"));
        assert_eq!(refused.header("retry-after"), Some("20"));
        refused.problem(429, "too_many_requests");
        app.get(&other, "/v1/offices").await.expect(200);
        app.sign_in_clock().advance(chrono::TimeDelta::seconds(21));
        app.get(&token, "/v1/offices").await.expect(200);
        app.get(&token, "/v1/offices").await.problem(429, "too_many_requests");
    }

    async fn an_address_has_a_limit_whoever_calls(setup: Setup) {
        let app = setup.with(|config| config.server.address_requests_per_minute = 4).start().await;
        for _ in 0..4 {
            let answer = app.get("rubbish", "/v1/offices").await;
            assert_eq!(limit(&answer.headers).0, "\"address\";q=4;w=60");
            answer.problem(401, "unauthenticated");
        }
        let refused = app.get("rubbish", "/v1/nothing").await;
        assert_eq!(refused.header("retry-after"), Some("15"));
        refused.problem(429, "too_many_requests");
        for probe in ["/livez", "/readyz"] {
            app.send(app.request(Method::GET, probe)).await.expect(200);
        }
    }

    /// Who invents addresses it came from is counted where it really is.
    async fn a_made_up_address_is_no_way_around_the_limit(setup: Setup) {
        let app = setup.with(|config| config.server.sign_ins_per_minute = 2).start().await;
        for address in ["192.0.2.1", "192.0.2.2"] {
            assert_eq!(sign_in(&app, address).await.status.as_u16(), 401);
        }
        sign_in(&app, "192.0.2.3").await.problem(429, "too_many_requests");
    }

    async fn behind_a_trusted_proxy_each_address_is_counted_apart(setup: Setup) {
        let app = setup
            .with(|config| {
                config.server.sign_ins_per_minute = 1;
                config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
            })
            .start()
            .await;
        assert_eq!(sign_in(&app, "192.0.2.1").await.status.as_u16(), 401);
        assert_eq!(sign_in(&app, "192.0.2.2").await.status.as_u16(), 401);
        // The proxy appended what it saw; the rest was made up by the caller.
        sign_in(&app, "198.51.100.9, 192.0.2.1").await.problem(429, "too_many_requests");
        sign_in(&app, "198.51.100.8,192.0.2.2").await.problem(429, "too_many_requests");
    }

    /// Where all places for waiting work are taken, the answer comes at once.
    async fn work_that_would_only_queue_is_refused(setup: Setup) {
        let app = setup.with(|config| config.server.max_pending = 0).start().await;
        let answer = sign_in(&app, "").await;
        assert_eq!(answer.header("retry-after"), Some("1"));
        answer.problem(503, "unavailable");
        for probe in ["/livez", "/readyz"] {
            app.send(app.request(Method::GET, probe)).await.expect(200);
        }
    }
}
