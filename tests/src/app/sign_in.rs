//! Signing in.

use domain::Role;
use reqwest::Method;
use serde_json::json;

use super::{PASSWORD, TestApp};

impl TestApp {
    /// An access token of the seeded staff member with this role, of the seeded office if the role
    /// works in one. Signs in the first time only.
    pub async fn login(&self, role: Role) -> String {
        self.login_as(&self.seed().username(role)).await
    }

    /// An access token of the seeded staff member with this username.
    pub async fn login_as(&self, username: &str) -> String {
        let known = self.0.tokens.lock().unwrap().get(username).cloned();
        if let Some(token) = known {
            return token;
        }
        let body = json!({ "username": username, "password": PASSWORD });
        let request = self.request(Method::POST, "/v1/sessions").json(&body);
        let session = self.send(request).await.expect(201);
        let token = session["access_token"].as_str().unwrap().to_owned();
        self.0
            .tokens
            .lock()
            .unwrap()
            .insert(username.to_owned(), token.clone());
        token
    }

    /// The clock that sign-ins live by, apart from that of the cases: moving it ends tokens.
    pub fn sign_in_clock(&self) -> &platform::ManualClock {
        &self.0.sign_in_clock
    }
}
