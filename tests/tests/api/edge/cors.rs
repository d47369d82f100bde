//! Pages of other origins.

use domain::Role;
use reqwest::Method;
use tests::{Response, TestApp, on_both};

const ORIGIN: &str = "https://app.example.gov.cn";

async fn ask(app: &TestApp, origin: &str) -> Response {
    let token = app.login(Role::Caseworker).await;
    let request = app.request(Method::GET, "/v1/offices").bearer_auth(token);
    app.send(request.header("origin", origin)).await
}

async fn preflight(app: &TestApp, origin: &str) -> Response {
    let request = app
        .request(Method::OPTIONS, "/v1/clients")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        );
    app.send(request).await
}

#[track_caller]
fn assert_lets_in(answer: &Response, origin: Option<&str>) {
    assert_eq!(answer.header("access-control-allow-origin"), origin);
    // A cookie would be sent by any page; there are none, and none is allowed.
    assert_eq!(answer.header("access-control-allow-credentials"), None);
}

on_both! {
    async fn no_page_is_let_in_by_default(app: TestApp) {
        assert_lets_in(&ask(&app, ORIGIN).await, None);
        let answer = preflight(&app, ORIGIN).await;
        assert_lets_in(&answer, None);
        answer.problem(405, "method_not_allowed");
    }

    async fn pages_of_a_named_origin_are_let_in_and_no_others(setup: Setup) {
        let app = setup
            .with(|config| config.server.cors_origins = vec![ORIGIN.to_owned()])
            .start()
            .await;
        let answer = ask(&app, ORIGIN).await;
        assert_lets_in(&answer, Some(ORIGIN));
        assert!(answer.header("vary").unwrap().to_ascii_lowercase().contains("origin"));
        assert!(answer.header("access-control-expose-headers").unwrap().contains("etag"));
        answer.expect(200);

        let answer = preflight(&app, ORIGIN).await;
        assert_lets_in(&answer, Some(ORIGIN));
        assert!(answer.header("access-control-allow-methods").unwrap().contains("POST"));
        assert!(answer.header("content-security-policy").is_some());
        assert_eq!(answer.status.as_u16(), 200);

        for stranger in [
            "https://evil.example",
            "http://app.example.gov.cn",
            "https://app.example.gov.cn.evil.example",
            "https://app.example.gov.cn:8443",
            "null",
        ] {
            assert_lets_in(&ask(&app, stranger).await, None);
            assert_lets_in(&preflight(&app, stranger).await, None);
        }
    }

    /// Also where it is refused before anything looks at it.
    async fn a_page_of_a_named_origin_sees_why_it_is_refused(setup: Setup) {
        let app = setup
            .with(|config| {
                config.server.cors_origins = vec![ORIGIN.to_owned()];
                config.server.address_requests_per_minute = 1;
            })
            .start()
            .await;
        let ask = |long: usize| {
            let request = app.request(Method::GET, "/v1/nothing").header("origin", ORIGIN);
            app.send(request.header("x-long", "x".repeat(long)))
        };
        let large = ask(16 * 1024).await;
        assert_lets_in(&large, Some(ORIGIN));
        large.problem(431, "head_too_large");
        ask(1).await.problem(404, "not_found");
        let often = ask(1).await;
        assert_lets_in(&often, Some(ORIGIN));
        assert_eq!(often.header("retry-after"), Some("60"));
        assert!(often.header("access-control-expose-headers").unwrap().contains("retry-after"));
        often.problem(429, "too_many_requests");
    }
}
