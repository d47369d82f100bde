//! Bodies signed by Standard Webhooks, for callers without an access token.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use chrono::{DateTime, Utc};
use gateways::standard_webhooks::{ID, SIGNATURE, Secret, SignedHeaders, TIMESTAMP};

use crate::{
    extract::{json::check_head, request::header},
    problem::Problem,
    problem_code::ProblemCode,
};

/// A body as it came, with the headers that sign it. Nothing in it is to be believed before
/// [`Self::check`].
#[derive(Debug)]
pub struct SignedBody {
    /// The bytes that were signed.
    pub bytes: web::Bytes,
    id: Option<String>,
    timestamp: Option<String>,
    signature: Option<String>,
}

impl SignedBody {
    /// Checks the signature at `now` (real time, UTC).
    ///
    /// # Errors
    /// `invalid_signature`, also when no secret is configured: then nobody can sign.
    pub fn check(&self, secret: Option<&Secret>, now: DateTime<Utc>) -> Result<(), Problem> {
        let refused = |detail: String| Problem::new(ProblemCode::InvalidSignature, detail);
        let secret =
            secret.ok_or_else(|| refused("no secret for receipts is configured".to_owned()))?;
        let headers = SignedHeaders {
            id: self.id.as_deref(),
            timestamp: self.timestamp.as_deref(),
            signature: self.signature.as_deref(),
        };
        secret
            .verify(headers, &self.bytes, now)
            .map_err(|error| refused(error.to_string()))
    }
}

impl FromRequest for SignedBody {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let head = check_head(request);
        let text = |name| header(request, name).map(str::to_owned);
        let (id, timestamp, signature) = (text(ID), text(TIMESTAMP), text(SIGNATURE));
        let payload = payload.take();
        Box::pin(async move {
            let body = head?.read(payload).await?;
            Ok(Self {
                bytes: body.freeze(),
                id,
                timestamp,
                signature,
            })
        })
    }
}
