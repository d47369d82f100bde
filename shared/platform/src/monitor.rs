//! What a process tells its operator's machines, on a port of its own: `/metrics`, and `/livez` for
//! work that goes on in the background.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::ServerHandle,
    web::{self, Data},
};
use tokio::task::{JoinError, JoinHandle};

use crate::{
    Shutdown,
    pulse::Pulse,
    telemetry::{Metrics, TelemetryError},
};

/// Why nothing can be told.
#[derive(Debug, thiserror::Error)]
pub enum MonitorError {
    /// The metrics recorder could not be installed.
    #[error(transparent)]
    Recorder(#[from] TelemetryError),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}")]
    Bind(SocketAddr, #[source] io::Error),
    /// The server broke off.
    #[error("the monitoring port broke off")]
    Server(#[from] io::Error),
    /// The server's task ended badly.
    #[error("the monitoring port ended badly")]
    Ended(#[from] JoinError),
}

/// Work in the background that `/livez` answers for.
#[derive(Debug, Clone)]
pub struct Watched {
    /// Its signs of life.
    pub pulse: Pulse,
    /// The longest time without one, of any piece of it, before `/livez` answers 503.
    pub stale_after: Duration,
}

/// A running port.
#[derive(Debug)]
pub struct Monitor {
    handle: ServerHandle,
    running: JoinHandle<io::Result<()>>,
    address: SocketAddr,
}

impl Monitor {
    /// Answers `GET /metrics` on `bind` (port 0: any free one) until it is stopped, and `GET /livez`
    /// where there is work to be watched. Keeps the figures small until `shutdown`. Must be called
    /// inside a tokio runtime.
    ///
    /// # Errors
    /// When the address is taken, or another recorder counts in this process.
    pub fn start(
        bind: SocketAddr,
        shutdown: Shutdown,
        watched: Option<Watched>,
    ) -> Result<Self, MonitorError> {
        let metrics = Metrics::install()?;
        tokio::spawn(metrics.clone().keep_up(shutdown));
        let server = HttpServer::new(move || {
            let app = App::new()
                .app_data(Data::new(metrics.clone()))
                .route("/metrics", web::get().to(show));
            match watched.clone() {
                Some(watched) => app
                    .app_data(Data::new(watched))
                    .route("/livez", web::get().to(livez)),
                None => app,
            }
        })
        .workers(1)
        .disable_signals()
        .bind(bind)
        .map_err(|error| MonitorError::Bind(bind, error))?;
        let address = server.addrs().first().copied().unwrap_or(bind);
        let server = server.run();
        tracing::info!(%address, "answering the monitoring");
        Ok(Self {
            handle: server.handle(),
            running: tokio::spawn(server),
            address,
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets answers under way end, and closes the port.
    ///
    /// # Errors
    /// When it had ended badly before.
    pub async fn stop(self) -> Result<(), MonitorError> {
        self.handle.stop(true).await;
        Ok(self.running.await??)
    }
}

async fn show(metrics: Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(metrics.render())
}

async fn livez(watched: Data<Watched>) -> HttpResponse {
    let silence = watched.pulse.silence(Instant::now());
    let age = silence.lasts.as_secs();
    let (mut answer, said) = if silence.lasts > watched.stale_after {
        let of = silence.of.map(|work| format!("silent {work}\n"));
        let said = format!(
            "stale\nheartbeat_age_seconds {age}\n{}",
            of.unwrap_or_default()
        );
        (HttpResponse::ServiceUnavailable(), said)
    } else {
        let said = format!("ok\nheartbeat_age_seconds {age}\n");
        (HttpResponse::Ok(), said)
    };
    answer.content_type("text/plain").body(said)
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    use super::*;

    async fn get(address: SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nhost: tests\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn the_work_lives_while_its_heart_beats() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let long_ago = Instant::now().checked_sub(Duration::from_secs(61)).unwrap();
        let pulse = Pulse::starting(long_ago);
        let watched = Watched {
            pulse: pulse.clone(),
            stale_after: Duration::from_mins(1),
        };
        let stop = Shutdown::manual();
        let monitor = Monitor::start(any, stop.clone(), Some(watched)).unwrap();
        let address = monitor.address();
        let stale = get(address, "/livez").await;
        assert!(stale.starts_with("HTTP/1.1 503"), "{stale}");
        assert!(stale.contains("stale\nheartbeat_age_seconds 6"), "{stale}");
        pulse.beat("deliver", Instant::now());
        let alive = get(address, "/livez").await;
        assert!(alive.starts_with("HTTP/1.1 200"), "{alive}");
        assert!(alive.contains("ok\nheartbeat_age_seconds 0"), "{alive}");
        // Work that hangs is not spoken for by the rest.
        pulse.begin("remind", long_ago);
        pulse.beat("deliver", Instant::now());
        let hanging = get(address, "/livez").await;
        assert!(hanging.starts_with("HTTP/1.1 503"), "{hanging}");
        assert!(hanging.ends_with("\nsilent remind\n"), "{hanging}");
        metrics::counter!("platform_monitor_total").increment(1);
        let figures = get(address, "/metrics").await;
        assert!(figures.contains("platform_monitor_total 1"), "{figures}");
        assert!(get(address, "/").await.starts_with("HTTP/1.1 404"));
        stop.trigger();
        monitor.stop().await.unwrap();
    }

    #[tokio::test]
    async fn without_work_to_watch_there_is_no_livez() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let monitor = Monitor::start(any, Shutdown::manual(), None).unwrap();
        let address = monitor.address();
        assert!(get(address, "/livez").await.starts_with("HTTP/1.1 404"));
        let taken = Monitor::start(address, Shutdown::manual(), None);
        assert!(matches!(taken, Err(MonitorError::Bind(at, _)) if at == address));
        monitor.stop().await.unwrap();
    }
}
