//! `/metrics`, on a port of its own.

use std::net::SocketAddr;

use actix_web::{App, HttpResponse, HttpServer, dev::Server, web};
use platform::{Shutdown, telemetry::Metrics};

use super::Failed;

/// A server that answers `GET /metrics` on `bind`, and the task that keeps the figures small.
pub fn serve(bind: SocketAddr, shutdown: Shutdown) -> Result<Server, Failed> {
    let metrics = Metrics::install()?;
    tokio::spawn(metrics.clone().keep_up(shutdown));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(metrics.clone()))
            .route("/metrics", web::get().to(show))
    })
    .workers(1)
    .disable_signals()
    .bind(bind)
    .map_err(|error| format!("cannot listen on {bind}: {error}"))?;
    Ok(server.run())
}

async fn show(metrics: web::Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(metrics.render())
}
