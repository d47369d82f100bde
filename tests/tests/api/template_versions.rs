//! The version of a text never stands for two texts.

use domain::Role;
use reqwest::{Method, header::IF_MATCH};
use serde_json::json;
use tests::{Response, TestApp, on_both};

const STEP: &str = "/v1/templates/appointment_reminder/d-3";

async fn send(app: &TestApp, method: Method, tag: &str, text: Option<&str>) -> Response {
    let token = app.login(Role::AgencyAdmin).await;
    let request = app
        .request(method, STEP)
        .bearer_auth(token)
        .header(IF_MATCH, tag);
    let request = match text {
        Some(text) => request.json(&json!({ "text": text })),
        None => request,
    };
    app.send(request).await
}

fn tag(answer: &Response) -> String {
    answer.header("etag").unwrap().to_owned()
}

on_both! {
    async fn a_version_rises_past_a_reset(app: TestApp) {
        let first = send(&app, Method::PUT, "*", Some("{name}您好,请{date}到站。")).await;
        let old = tag(&first);
        first.expect(200);
        send(&app, Method::DELETE, &old, None).await.expect(204);
        send(&app, Method::DELETE, "*", None).await.problem(404, "not_found");

        // Whoever read the text that was taken away does not overwrite the one after it.
        send(&app, Method::PUT, &old, Some("{name}您好,{date}见。")).await.problem(412, "stale_version");
        let second = send(&app, Method::PUT, "*", Some("{name}您好,请{date}来。")).await;
        assert_ne!(tag(&second), old);
        assert_eq!(second.body["version"], 3);
        let new = tag(&second);
        second.expect(200);
        send(&app, Method::PUT, &old, Some("{name}您好,{date}见。")).await.problem(412, "stale_version");
        send(&app, Method::DELETE, &old, None).await.problem(412, "stale_version");
        send(&app, Method::PUT, &new, Some("{name}您好,{date}见。")).await.expect(200);
    }
}
