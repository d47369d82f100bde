use actix_web::{HttpResponse, get, http::header, web};
use serde_json::json;

use crate::state::AppState;

/// The public keys that access tokens are checked with (RFC 7517).
#[get("/.well-known/jwks.json")]
pub async fn jwks(state: web::Data<AppState>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .json(json!({ "keys": state.tokens.public_keys(state.sign_in_clock.now()) }))
}
