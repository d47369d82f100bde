//! What every answer says about itself, and what none does.

use domain::Role;
use reqwest::Method;
use tests::{Response, on_both};

#[track_caller]
fn assert_safe(answer: &Response, path: &str) {
    let expected = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in expected {
        assert_eq!(answer.header(name), Some(value), "{path}");
    }
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none';"),
        "{path}: {policy}"
    );
    assert!(
        policy.contains("frame-ancestors 'none'"),
        "{path}: {policy}"
    );
    assert!(answer.header("cache-control").is_some(), "{path}");
    // Which software answers, and in which version, is nobody's business; nor is a plain connection
    // promised to be an encrypted one.
    for name in ["server", "x-powered-by", "via", "strict-transport-security"] {
        assert_eq!(answer.header(name), None, "{path}");
    }
    if path.starts_with("/v1") {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert!(!policy.contains("script-src"), "{path}");
    }
}

on_both! {
    async fn every_answer_has_the_headers_of_security(app: TestApp) {
        let token = app.login(Role::Caseworker).await;
        for (path, status) in [
            ("/v1/offices", 200),
            ("/v1/audit-entries", 403),
            ("/v1/clients?limit=0", 400),
            ("/v1/clients/x", 404),
            ("/v1/nothing", 404),
            ("/nothing", 404),
            ("/livez", 200),
            ("/readyz", 200),
            ("/openapi.json", 200),
            ("/.well-known/jwks.json", 200),
            ("/docs/", 200),
            ("/docs/swagger-ui.css", 200),
        ] {
            let answer = app.get(&token, path).await;
            assert_eq!(answer.status.as_u16(), status, "{path}");
            assert_safe(&answer, path);
        }
        let request = app.request(Method::GET, "/v1/offices");
        assert_safe(&app.send(request).await, "/v1/offices");
        assert_safe(&app.delete(&token, "/v1/clients").await, "/v1/clients");
    }

    /// The page loads its parts from here and has no script in itself, so its policy lets it work.
    async fn the_documentation_keeps_its_own_policy(app: TestApp) {
        let answer = app.send(app.request(Method::GET, "/docs/")).await;
        let policy = answer.header("content-security-policy").unwrap().to_owned();
        for part in ["script-src 'self';", "style-src 'self' 'unsafe-inline';", "connect-src 'self';"] {
            assert!(policy.contains(part), "{policy}");
        }
        let page = answer.expect(200);
        let page = page.as_str().unwrap();
        let mut scripts = 0;
        for tag in page.split("<script").skip(1) {
            let (attributes, rest) = tag.split_once('>').unwrap();
            let source = attributes.split("src=\"").nth(1).and_then(|text| text.split('"').next());
            let source = source.unwrap_or_else(|| panic!("a script in the page: {tag}"));
            assert!(source.starts_with("./"), "{source}");
            assert!(rest.trim_start().starts_with("</script>"), "{rest}");
            app.send(app.request(Method::GET, &format!("/docs/{source}"))).await.expect(200);
            scripts += 1;
        }
        assert!(scripts > 0);
        for attribute in [" onload=", " onclick=", "javascript:", "//cdn", "https://unpkg"] {
            assert!(!page.contains(attribute), "{attribute}");
        }
    }
}
