//! Calling the API as a program would.

use reqwest::{
    Method, RequestBuilder, StatusCode,
    header::{CONTENT_TYPE, HeaderMap},
};
use serde_json::Value;

use super::TestApp;

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// JSON; null when the body is empty, a text when it is not JSON.
    pub body: Value,
}

impl Response {
    /// The body, if the status is the expected one.
    ///
    /// # Panics
    /// When it is another.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self.body
    }

    /// The body of a problem, if status and code are the expected ones.
    ///
    /// # Panics
    /// When it is another, or not `application/problem+json`.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let body = self.expect(status);
        assert_eq!(body["code"], code, "{body:#}");
        assert_eq!(body["status"], status, "{body:#}");
        body
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

impl TestApp {
    /// A request to be completed by hand, for [`TestApp::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.0
            .http
            .request(method, format!("http://{}{path}", self.0.address))
    }

    /// Sends a request.
    pub async fn send(&self, request: RequestBuilder) -> Response {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap();
        let is_json = headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.to_str().unwrap().contains("json"));
        let body = if bytes.is_empty() {
            Value::Null
        } else if is_json {
            serde_json::from_slice(&bytes).unwrap()
        } else {
            Value::String(String::from_utf8_lossy(&bytes).into_owned())
        };
        Response {
            status,
            headers,
            body,
        }
    }

    /// `GET path`
    pub async fn get(&self, token: &str, path: &str) -> Response {
        self.send(self.request(Method::GET, path).bearer_auth(token))
            .await
    }

    /// `POST path`
    pub async fn post(&self, token: &str, path: &str, body: Value) -> Response {
        self.send(
            self.request(Method::POST, path)
                .bearer_auth(token)
                .json(&body),
        )
        .await
    }

    /// `PATCH path`
    pub async fn patch(&self, token: &str, path: &str, body: Value) -> Response {
        self.send(
            self.request(Method::PATCH, path)
                .bearer_auth(token)
                .json(&body),
        )
        .await
    }

    /// `PUT path`
    pub async fn put(&self, token: &str, path: &str, body: Value) -> Response {
        self.send(
            self.request(Method::PUT, path)
                .bearer_auth(token)
                .json(&body),
        )
        .await
    }

    /// `DELETE path`
    pub async fn delete(&self, token: &str, path: &str) -> Response {
        self.send(self.request(Method::DELETE, path).bearer_auth(token))
            .await
    }
}
