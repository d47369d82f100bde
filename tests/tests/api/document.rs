//! What the server says about itself: the document, its page, its health, its keys.

use reqwest::Method;
use serde_json::Value;
use tests::on_both;

const COMMITTED: &str = include_str!("../../../openapi/openapi.json");

on_both! {
    async fn the_server_serves_the_committed_document(app: TestApp) {
        let served = app.send(app.request(Method::GET, "/openapi.json")).await.expect(200);
        let committed: Value = serde_json::from_str(COMMITTED).unwrap();
        // Not `assert_eq!`: it would print both.
        assert!(served == committed, "run `cargo run -- openapi > openapi/openapi.json`");
    }

    async fn the_page_of_the_document_needs_nobody_else(app: TestApp) {
        for path in ["/docs/", "/docs/swagger-initializer.js", "/docs/index.css"] {
            let page = app.send(app.request(Method::GET, path)).await;
            let text = page.expect(200);
            let text = text.as_str().unwrap();
            for foreign in ["src=\"http", "src=\"//", "href=\"http", "href=\"//", "url(http", "\"http"] {
                assert!(!text.contains(foreign), "{path} has {foreign}");
            }
        }
    }

    async fn health_is_told_to_anybody(app: TestApp) {
        for path in ["/livez", "/readyz"] {
            let answer = app.send(app.request(Method::GET, path)).await;
            assert_eq!(answer.expect(200), "ok");
        }
    }
}
