//! What a process says about itself: health, keys, documentation. Outside `/v1`.

mod document;
mod health;
mod jwks;

use actix_web::web::ServiceConfig;
use utoipa_swagger_ui::{Config, SwaggerUi};

pub use self::health::Readiness;

/// Registers the paths outside `/v1`.
pub fn serve(config: &mut ServiceConfig) {
    config
        .service(health::livez)
        .service(health::readyz)
        .service(jwks::jwks)
        .service(super::oauth::token::issue_token)
        .service(document::openapi_json)
        .service(document::docs)
        .service(SwaggerUi::new("/docs/{_:.*}").config(Config::new(["/openapi.json"])));
}
