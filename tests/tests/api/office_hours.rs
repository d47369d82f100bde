//! Until when an office takes visitors.

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Response, TestApp, on_both};

fn office() -> Value {
    json!({
        "name": "城南街道服务站", "area_code": "330102", "phone": "0571-88880001",
        "message_signature": "城南服务站",
    })
}

async fn patch(app: &TestApp, path: &str, body: Value) -> Response {
    let token = app.login(Role::AgencyAdmin).await;
    app.send(
        app.request(Method::PATCH, path)
            .bearer_auth(token)
            .json(&body),
    )
    .await
}

on_both! {
    async fn an_office_says_until_when_it_takes_visitors(app: TestApp) {
        let token = app.login(Role::AgencyAdmin).await;
        let usual = app.post(&token, "/v1/offices", office()).await.expect(201);
        assert_eq!(usual["visits_until"], "17:00");
        let mut body = office();
        body["visits_until"] = json!("16:30");
        let early = app.post(&token, "/v1/offices", body.clone()).await.expect(201);
        assert_eq!(early["visits_until"], "16:30");
        let path = format!("/v1/offices/{}", early["id"].as_str().unwrap());
        let changed = patch(&app, &path, json!({ "visits_until": "18:05" })).await.expect(200);
        assert_eq!(changed["visits_until"], "18:05");
        assert_eq!(patch(&app, &path, json!({})).await.expect(200)["visits_until"], "18:05");

        for wrong in ["24:00", "9:00", "17:00:00", "17.00", "17:60", "", " 17:00"] {
            body["visits_until"] = json!(wrong);
            let refused = app.post(&token, "/v1/offices", body.clone()).await.problem(422, "invalid_value");
            assert_eq!(refused["errors"][0]["pointer"], "/visits_until", "{wrong:?}");
            let change = json!({ "visits_until": wrong });
            patch(&app, &path, change).await.problem(422, "invalid_value");
        }
        patch(&app, &path, json!({ "visits_until": null })).await.problem(422, "invalid_value");
    }
}
