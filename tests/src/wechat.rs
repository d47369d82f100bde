//! What clients do with WeChat: consenting, binding, signing in.

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Response, TestApp};

impl TestApp {
    /// The caseworker writes down that a client consents to WeChat.
    pub async fn consent_to_wechat(&self, client: &str) {
        let body = json!({
            "purpose": "wechat", "text_version": "wechat-2025-01", "channel": "paper",
        });
        let token = self.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{client}/consents");
        self.post(&token, &path, body).await.expect(201);
    }

    /// A signed-in client asks to bind the account of `person`.
    pub async fn bind_wechat(&self, token: &str, person: &str) -> Response {
        let body = json!({ "code": self.wechat().code(person) });
        self.post(token, "/v1/me/wechat-bindings", body).await
    }

    /// The account of `person` signs in.
    pub async fn wechat_sign_in(&self, person: &str, birth_date: Option<&str>) -> Response {
        let code = self.wechat().code(person);
        self.try_wechat_code(&code, birth_date).await
    }

    /// Somebody signs in with a code of `wx.login`.
    pub async fn try_wechat_code(&self, code: &str, birth_date: Option<&str>) -> Response {
        let mut body: Value = json!({ "code": code });
        if let Some(date) = birth_date {
            body["birth_date"] = date.into();
        }
        let request = self.request(Method::POST, "/v1/client-sessions/wechat");
        self.send(request.json(&body)).await
    }

    /// A new client with this number who bound the account of `person`; answers the client's id and
    /// an access token, by the number.
    pub async fn bound_client(&self, phone: &str, person: &str) -> (String, String) {
        let client = self.register_born("王小明", phone).await;
        let token = self.client_token(phone).await;
        self.consent_to_wechat(&client).await;
        self.bind_wechat(&token, person).await.expect(201);
        (client, token)
    }
}
