use actix_web::{HttpResponse, get, http::header, web};

use crate::openapi::Document;

/// The OpenAPI document.
#[get("/openapi.json")]
pub async fn openapi_json(document: web::Data<Document>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(document.text())
}

/// The way to the documentation page.
#[get("/docs")]
pub async fn docs() -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, "/docs/"))
        .finish()
}
