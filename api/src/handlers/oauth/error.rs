//! Errors as RFC 6749 §5.2 writes them.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use serde_json::json;

use crate::problem::Problem;

/// Why there is no token.
#[derive(Debug)]
pub(super) enum Refused {
    /// The request is none.
    InvalidRequest(&'static str),
    /// The system is unknown, did not prove itself, or has no access any more: one answer.
    InvalidClient,
    /// Another way to a token than client credentials.
    UnsupportedGrantType,
    /// More than the system was given.
    InvalidScope,
    /// Nothing that OAuth has a word for.
    Problem(Problem),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl Refused {
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::Problem(_) => "problem",
        }
    }

    pub(super) fn respond(self) -> Result<HttpResponse, Problem> {
        let code = self.code();
        let (status, description) = match self {
            Self::Problem(problem) => return Err(problem),
            Self::InvalidRequest(why) => (StatusCode::BAD_REQUEST, why),
            Self::InvalidClient => (
                StatusCode::UNAUTHORIZED,
                "the client id or the secret is not right",
            ),
            Self::UnsupportedGrantType => (
                StatusCode::BAD_REQUEST,
                "the one grant type is client_credentials",
            ),
            Self::InvalidScope => (
                StatusCode::BAD_REQUEST,
                "ask for scopes that the client was given",
            ),
        };
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"tongxing\""));
        }
        Ok(response.json(json!({ "error": code, "error_description": description })))
    }
}
