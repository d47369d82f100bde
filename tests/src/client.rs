//! What clients do: signing in with a code.

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    Response, TestApp,
    steps::{Journey, id_of},
};

/// The date of birth of clients made here.
pub const BORN: &str = "1990-03-07";

/// A code that is not `code`.
///
/// # Panics
/// When `code` is no number.
pub fn other_than(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

impl TestApp {
    /// The caseworker registers a client with this number, born on [`BORN`].
    pub async fn register_born(&self, name: &str, phone: &str) -> String {
        let token = self.login(Role::Caseworker).await;
        let body = json!({
            "name": name, "sex": "male", "birth_date": BORN, "phone": phone,
            "phone_confirmed": true,
        });
        id_of(&self.post(&token, "/v1/clients", body).await.expect(201))
    }

    /// A client of [`Self::register_born`] whose case runs since `on`: today, as the clock stands.
    pub async fn born_with_case(&self, phone: &str, on: &str) -> Journey {
        let client = self.register_born("王小明", phone).await;
        let case = self
            .register_case(&client, "community_treatment", 36, on)
            .await;
        let case = id_of(&case);
        self.report_in(&case, on).await;
        Journey { client, case }
    }

    /// Somebody asks for a code.
    pub async fn ask_code(&self, phone: &str) -> Response {
        let request = self.request(Method::POST, "/v1/client-sessions/otp");
        self.send(request.json(&json!({ "phone": phone }))).await
    }

    /// The codes that went to a number, oldest first.
    pub fn codes_sent_to(&self, phone: &str) -> Vec<String> {
        let to = format!("+86{phone}");
        self.sent()
            .into_iter()
            .filter(|sent| sent.kind == domain::MessageKind::SignInCode && sent.recipient == to)
            .map(|sent| {
                let digits = sent.text.chars().filter(char::is_ascii_digit);
                digits.take(6).collect()
            })
            .collect()
    }

    /// Asks for a code, lets it be sent and answers it.
    ///
    /// # Panics
    /// When none was sent.
    pub async fn get_code(&self, phone: &str) -> String {
        let before = self.codes_sent_to(phone).len();
        self.ask_code(phone).await.expect(202);
        self.run_until_idle().await;
        let codes = self.codes_sent_to(phone);
        assert_eq!(codes.len(), before + 1);
        codes[before].clone()
    }

    /// Somebody signs in with what they know.
    pub async fn try_code(&self, phone: &str, code: &str, birth_date: Option<&str>) -> Response {
        let mut body = json!({ "phone": phone, "code": code });
        if let Some(date) = birth_date {
            body["birth_date"] = date.into();
        }
        let request = self.request(Method::POST, "/v1/client-sessions");
        self.send(request.json(&body)).await
    }

    /// The session of a client of [`Self::register_born`].
    pub async fn client_session(&self, phone: &str) -> Value {
        let code = self.get_code(phone).await;
        self.try_code(phone, &code, Some(BORN)).await.expect(201)
    }

    /// The access token of [`Self::client_session`].
    pub async fn client_token(&self, phone: &str) -> String {
        let session = self.client_session(phone).await;
        session["access_token"].as_str().unwrap().to_owned()
    }
}
