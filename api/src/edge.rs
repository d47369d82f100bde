//! What every request passes before anything else looks at it, and every answer on its way out.

mod connection;

use actix_cors::Cors;
use actix_web::{
    Error, HttpMessage as _, ResponseError as _,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};
use platform::config::ServerConfig;

use self::connection::Turn;
pub use self::connection::{Out, watch};
use crate::{
    extract::request::address_of,
    limits::{Limits, Standing},
    problem::Problem,
    problem_code::ProblemCode,
    state::AppState,
};

/// An answer is data: nothing in it may run, and no page may frame it.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
/// The documentation runs its own scripts, and styles its parts one by one.
const OWN_PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
    form-action 'none'";
/// A year, as OWASP ASVS 5.0 3.4.1 asks.
const HSTS: &str = "max-age=31536000; includeSubDomains";

/// Writes the headers of security and of limits on every answer, and times how the caller takes it.
/// Outside of everything else.
pub async fn guard<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<Out>, Error> {
    let turn = Turn::of(request.request());
    let mut response = if turn.is_some() {
        next.call(request).await?.map_into_boxed_body()
    } else {
        request.into_response(Problem::internal().error_response())
    };
    let standing = response.request().extensions_mut().remove::<Standing>();
    let is_page = response.request().path().starts_with("/docs/");
    let is_tls = response.request().app_config().secure();
    let headers = response.headers_mut();
    if let Some(standing) = standing {
        standing.tell(headers);
    }
    secure(headers, is_page, is_tls);
    Ok(response.map_body(|_, body| Out::new(body, turn)))
}

/// Refuses what is beyond the limits of the head or of the caller's address. Inside of [`cors`]: a
/// page is to see why.
pub async fn limit<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match check(&request) {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(problem) => Ok(request
            .into_response(problem.error_response())
            .map_into_right_body()),
    }
}

fn check(request: &ServiceRequest) -> Result<(), Problem> {
    let Some(state) = request.app_data::<Data<AppState>>() else {
        return Err(Problem::internal());
    };
    let most = state.server.head_limit_bytes;
    if head_bytes(request) > most {
        let detail = format!("request line and headers have at most {most} bytes");
        return Err(Problem::new(ProblemCode::HeadTooLarge, detail));
    }
    // Probes come from inside, and must be answered when it matters.
    if matches!(request.path(), "/livez" | "/readyz") {
        return Ok(());
    }
    let Some(limits) = request.app_data::<Data<Limits>>() else {
        return Err(Problem::internal());
    };
    let proxies = &state.server.trusted_proxies;
    let address = address_of(request.peer_addr(), request.headers(), proxies);
    limits.address(request.request(), address)
}

/// As it came over the wire, but for white space.
fn head_bytes(request: &ServiceRequest) -> usize {
    let target = request.uri().path_and_query();
    let line = target.map_or(0, |target| target.as_str().len());
    let headers = request.headers().iter();
    headers.fold(line, |sum, (name, value)| {
        sum + name.as_str().len() + value.len() + ": \r\n".len()
    })
}

fn secure(headers: &mut HeaderMap, is_page: bool, is_tls: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
    let policy = if is_page { OWN_PAGE } else { NOTHING };
    set(header::CONTENT_SECURITY_POLICY, policy);
    if is_tls {
        set(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        let value = HeaderValue::from_static("no-store");
        headers.insert(header::CACHE_CONTROL, value);
    }
}

/// What browsers let the pages of `server.cors_origins` do. Tokens travel in a header of their own:
/// no cookie is ever allowed along.
pub fn cors(config: &ServerConfig) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "x-request-id",
        ])
        .expose_headers([
            "etag",
            "link",
            "location",
            "ratelimit",
            "ratelimit-policy",
            "retry-after",
        ])
        .max_age(600);
    let origins = config.cors_origins.iter();
    origins.fold(cors, |cors, origin| cors.allowed_origin(origin))
}
