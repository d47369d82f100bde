//! Reading a body within its limits of size and time.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use futures_util::StreamExt as _;

use crate::{problem::Problem, problem_code::ProblemCode, state::AppState};

/// Room made before a byte has come: what a `Content-Length` claims is cheap to claim.
const FIRST_ROOM: usize = 8 * 1024;

/// A body as it came, of whatever kind.
#[derive(Debug)]
pub struct RawBody(pub web::Bytes);

impl FromRequest for RawBody {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bounds = Bounds::of(request);
        let payload = payload.take();
        Box::pin(async move { Ok(Self(bounds?.read(payload).await?.freeze())) })
    }
}

/// How much of a body is read, and for how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    most: usize,
    patience: Duration,
}

impl Bounds {
    /// The bounds of `[server]`.
    ///
    /// # Errors
    /// `payload_too_large` if the body says of itself that it is beyond them.
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let state = request
            .app_data::<web::Data<AppState>>()
            .ok_or_else(Problem::internal)?;
        let bounds = Self {
            most: state.server.body_limit_bytes,
            patience: Duration::from_secs(state.server.body_timeout_seconds),
        };
        let announced: Option<usize> = request
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length| length > bounds.most) {
            return Err(bounds.too_large());
        }
        Ok(bounds)
    }

    /// The whole body.
    ///
    /// # Errors
    /// `payload_too_large`; `request_timeout` if it dribbles; `malformed_json` if it breaks off.
    pub(super) async fn read(self, mut payload: Payload) -> Result<web::BytesMut, Problem> {
        let reading = async {
            let mut body = web::BytesMut::with_capacity(self.most.min(FIRST_ROOM));
            while let Some(chunk) = payload.next().await {
                let chunk = chunk.map_err(|_broken_off| {
                    Problem::new(ProblemCode::MalformedJson, "the body broke off")
                })?;
                if body.len() + chunk.len() > self.most {
                    return Err(self.too_large());
                }
                body.extend_from_slice(&chunk);
            }
            Ok(body)
        };
        let read = tokio::time::timeout(self.patience, reading).await;
        read.unwrap_or_else(|_elapsed| Err(self.too_slow()))
    }

    fn too_large(self) -> Problem {
        Problem::new(
            ProblemCode::PayloadTooLarge,
            format!("a body has at most {} bytes", self.most),
        )
    }

    fn too_slow(self) -> Problem {
        Problem::new(
            ProblemCode::RequestTimeout,
            format!("a body is sent within {} s", self.patience.as_secs()),
        )
    }
}
