//! The OpenAPI document, from the list of routes and the table of operations.

use actix_web::App;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt as _;

use crate::routes;

/// The document.
pub fn document() -> OpenApi {
    let (_, document) = App::new()
        .into_utoipa_app()
        .configure(routes::describe)
        .split_for_parts();
    document
}
