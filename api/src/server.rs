//! The server, ready to run.

use std::{io, net::SocketAddr, time::Duration};

use actix_web::{
    App, HttpServer,
    dev::Server,
    middleware::{Condition, from_fn},
    web,
};

use crate::{
    edge,
    fallback::fallback,
    handlers::meta,
    limits::Limits,
    openapi::Document,
    routes,
    state::AppState,
    tls::{self, TlsError},
};

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}")]
    Bind(SocketAddr, #[source] io::Error),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
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
    let limits = web::Data::new(Limits::new(&config, &state.sign_in_clock));
    let readiness = web::Data::new(meta::Readiness::default());
    let document = web::Data::new(Document::default());
    let state = web::Data::new(state);
    let bind_error = |error| ServerError::Bind(bind, error);
    let tls = tls::server_config(&config.tls)?;
    let edge_config = config.clone();
    let seconds = Duration::from_secs;
    let header_timeout = seconds(config.header_timeout_seconds);
    let keep_alive = seconds(config.keep_alive_seconds);
    let patience = keep_alive.saturating_add(header_timeout);
    let server = HttpServer::new(move || {
        let has_origins = !edge_config.cors_origins.is_empty();
        App::new()
            .app_data(state.clone())
            .app_data(limits.clone())
            .app_data(readiness.clone())
            .app_data(document.clone())
            .configure(routes::serve)
            .configure(meta::serve)
            .default_service(web::to(fallback))
            .wrap(from_fn(edge::limit))
            .wrap(Condition::new(has_origins, edge::cors(&edge_config)))
            .wrap(from_fn(edge::guard))
    })
    .on_connect(move |io, kept| edge::watch(io, kept, patience))
    .workers(workers)
    .worker_max_blocking_threads(blocking)
    .max_connections(config.max_connections.div_ceil(workers))
    .client_request_timeout(header_timeout)
    .tls_handshake_timeout(header_timeout)
    .keep_alive(keep_alive)
    .shutdown_timeout(config.drain_seconds)
    .disable_signals();
    let server = match tls {
        Some(tls) => server.bind_rustls_0_23(bind, tls),
        None => server.bind(bind),
    };
    let server = server.map_err(bind_error)?;
    let address = server.addrs().first().copied().unwrap_or(bind);
    Ok((server.run(), address))
}
