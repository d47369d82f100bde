//! The server, ready to run.

use std::{io, net::SocketAddr, time::Duration};

use actix_web::{App, HttpServer, dev::Server, web};

use crate::{
    fallback::fallback, handlers::meta, limits::Limits, openapi::Document, routes, state::AppState,
};

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}")]
    Bind(SocketAddr, #[source] io::Error),
}

/// A server listening on `bind` (port 0: any free one) and where it listens. It answers once it is
/// awaited, and stops gracefully when told to through its handle.
pub fn build(state: AppState, bind: SocketAddr) -> Result<(Server, SocketAddr), ServerError> {
    let config = state.server.clone();
    let workers = match config.workers {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        given => given,
    };
    // More threads than connections would only wait for one another.
    let connections = usize::try_from(state.store.connections()).unwrap_or(1);
    let blocking = connections.div_ceil(workers).max(1);
    let limits = web::Data::new(Limits::new(&config));
    let document = web::Data::new(Document::default());
    let state = web::Data::new(state);
    let bind_error = |error| ServerError::Bind(bind, error);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(limits.clone())
            .app_data(document.clone())
            .configure(routes::serve)
            .configure(meta::serve)
            .default_service(web::to(fallback))
    })
    .workers(workers)
    .worker_max_blocking_threads(blocking)
    .client_request_timeout(Duration::from_secs(config.request_timeout_seconds))
    .shutdown_timeout(config.drain_seconds)
    .disable_signals()
    .bind(bind)
    .map_err(bind_error)?;
    let address = server.addrs().first().copied().unwrap_or(bind);
    Ok((server.run(), address))
}
