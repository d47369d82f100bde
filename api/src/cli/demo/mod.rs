//! `tongxing demo`: a sandbox with an office, staff and made-up clients, in which months pass.
//!
//! Nothing is acted: every step goes through the real HTTP API and the real worker, only the clock
//! is moved and messages stay here. A step that does not come out as the story says ends the demo
//! with what was expected.

mod error;
mod home;
mod http;
mod json;
mod people;
mod site;
mod story;
mod tell;

use std::{io::Write as _, net::SocketAddr, path::PathBuf};

use platform::{
    Shutdown,
    config::{LogFormat, TelemetryConfig},
    telemetry,
};
use serde_json::json;

pub use error::DemoError;
use home::Home;
use http::Api;
use people::People;
use site::Site;
use story::Story;
use tell::Tell;

/// What can be said to `tongxing demo`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Directory of the demo's database. A fresh temporary one unless given.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes any free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// End after the story.
    #[arg(long)]
    exit: bool,
    /// Print one line of JSON on stdout when ready; the story goes to stderr.
    #[arg(long)]
    json: bool,
    /// Only the office and its staff: no clients, no story.
    #[arg(long)]
    empty: bool,
}

/// Plays the demo and serves it until Ctrl-C.
///
/// # Errors
/// [`DemoError`]: it could not be set up, or something did not come out as told.
pub async fn run(arguments: Arguments) -> Result<(), DemoError> {
    let quiet = TelemetryConfig {
        format: LogFormat::Text,
        filter: "warn".to_owned(),
    };
    telemetry::init(&quiet).map_err(DemoError::start)?;
    let shutdown = Shutdown::on_signals().map_err(DemoError::Io)?;
    let home = Home::open(arguments.data.as_deref())?;
    let (site, server) = Site::open(&home, arguments.listen)?;
    let handle = server.handle();
    let serving = tokio::spawn(server);
    let mut tell = Tell::new(arguments.json);
    let played = tokio::select! {
        () = shutdown.requested() => Err(DemoError::Interrupted),
        played = play(&arguments, &site, &mut tell) => played,
    };
    if played.is_ok() && !arguments.exit {
        shutdown.requested().await;
    }
    handle.stop(true).await;
    let stopped = serving.await.map_err(DemoError::start)?;
    played.and(stopped.map_err(DemoError::Io))
}

async fn play(arguments: &Arguments, site: &Site, tell: &mut Tell) -> Result<(), DemoError> {
    let api = Api::new(site.address)?;
    let people = People::settle_in(site, &api).await?;
    let mut ids = people.ids();
    let mut story = Story::new(site, &api, &people, tell);
    if !arguments.empty {
        ids.extend(story.play().await?);
    }
    story.tell.doors(&api.base, &people);
    if !arguments.exit {
        story.tell.waiting();
    }
    if arguments.json {
        let logins: Vec<_> = people.logins().collect();
        let line = json!({ "base_url": api.base, "logins": logins, "ids": ids });
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}")
            .and_then(|()| out.flush())
            .map_err(DemoError::Io)?;
    }
    Ok(())
}
