//! Messages from the outbox to the gateway and back: claimed, checked, rendered, attempted, sent,
//! settled.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use casework::PackCache;
use chrono::TimeDelta;
use clap::Args;
use domain::{AgencyId, AppointmentStatus, Channel, IdMint, MessageKind, MessageStatus};
use gateways::{
    Accepted, MessageGateway, Outgoing, Sending, WebhookGateway, webhook::WebhookSettings,
};
use platform::{Clock, Config, Randomness};
use storage::{Scope, StorageError, Store, Tx, agencies, appointments, messages, offices};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use worker::{Providers, Settings, Worker, WorkerParts};

use crate::{
    Arguments, Outcome, data, measure,
    serve::{Server, listening},
    site::{self, Site},
    sql,
};

/// What is to be delivered.
#[derive(Debug, Args)]
pub struct DeliverArguments {
    /// Clients in the database.
    #[arg(long, default_value_t = 100_000)]
    clients: usize,
    /// Messages due at one instant.
    #[arg(long, default_value_t = 50_000)]
    messages: usize,
    /// Instead of the setting `worker.claim_batch`.
    #[arg(long)]
    claim_batch: Option<i64>,
    /// Instead of the setting `worker.concurrency`.
    #[arg(long)]
    concurrency: Option<usize>,
}

/// Prints one table.
pub fn run(arguments: &Arguments, asked: &DeliverArguments) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    println!("\n### Delivery\n");
    println!(
        "| database | gateway | messages | messages/s | µs of worker CPU per message | attempts | \
         outcomes | proofs | peak MiB |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for db in &arguments.db {
        let site = Site::open(&arguments.dir, *db)?;
        for over_http in [false, true] {
            let mut rates = Vec::new();
            let mut costs = Vec::new();
            let mut last = Written::default();
            for _ in 0..arguments.runs {
                let url = site.copy(asked.clients)?;
                let (rate, cost) = once(&runtime, &url, asked, over_http)?;
                rates.push(rate);
                costs.push(cost);
                last = Written::of(&url)?;
            }
            let gateway = if over_http {
                "HTTP, another process"
            } else {
                "in process, delivers at once"
            };
            let (_, peak) = measure::memory_mib(std::process::id())?;
            println!(
                "| {} | {gateway} | {} | {:.0} | {:.1} | {} | {} | {} | {peak:.0} |",
                db.name(),
                asked.messages,
                measure::median(rates),
                measure::median(costs),
                last.attempts,
                last.outcomes,
                last.proofs,
            );
        }
    }
    Ok(())
}

/// What a delivery left in the database.
#[derive(Debug, Default)]
struct Written {
    attempts: i64,
    outcomes: i64,
    proofs: i64,
}

impl Written {
    fn of(url: &str) -> Outcome<Self> {
        let proofs = "SELECT count(*) AS n FROM appointments \
                      WHERE status = 'open' AND notice_proof = 'proven'";
        Ok(Self {
            attempts: sql::number(url, "SELECT count(*) AS n FROM attempts")?,
            outcomes: sql::number(url, "SELECT count(*) AS n FROM attempt_outcomes")?,
            proofs: sql::number(url, proofs)?,
        })
    }
}

/// A gateway that delivers at once, in process: what is left is the product's own work.
#[derive(Debug)]
struct Delivering;

impl MessageGateway for Delivering {
    fn send<'a>(&'a self, _: &'a Outgoing) -> Sending<'a> {
        Box::pin(async {
            Ok(Accepted {
                provider_message_id: None,
                delivered: true,
            })
        })
    }
    fn name(&self) -> &'static str {
        "delivering"
    }
    fn channel(&self) -> Channel {
        Channel::Webhook
    }
}

/// Messages per second, and microseconds of this process's processor time per message.
fn once(
    runtime: &tokio::runtime::Runtime,
    url: &str,
    asked: &DeliverArguments,
    over_http: bool,
) -> Outcome<(f64, f64)> {
    let store = site::open(url, 4)?;
    let now = data::begin()? + TimeDelta::hours(2);
    let laid = store.write(|tx| lay_down(tx, asked.messages, now))?;
    if laid < asked.messages {
        return Err(format!("only {laid} windows are open").into());
    }
    let server = if over_http {
        Some(Server::start(&["gateway"])?)
    } else {
        None
    };
    let gateway: Arc<dyn MessageGateway> = match &server {
        None => Arc::new(Delivering),
        Some(server) => Arc::new(WebhookGateway::new(&WebhookSettings {
            url: format!("http://{}/messages", server.address).into(),
            secret: "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".into(),
            timeout: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(5),
            allow_private_addresses: true,
        })?),
    };
    let store = site::open(&site::url_as(url, "tongxing_worker"), 4)?;
    let worker = worker(store, gateway, asked, now)?;
    let process = std::process::id();
    let (before, started) = (measure::processor_time(process)?, Instant::now());
    let report = runtime.block_on(worker.run_job_once("deliver"))?;
    let seconds = started.elapsed().as_secs_f64();
    let used = measure::processor_time(process)?.saturating_sub(before);
    if report.acted_on != asked.messages {
        return Err(format!("{} of {} were acted on", report.acted_on, asked.messages).into());
    }
    let count = measure::count(asked.messages);
    Ok((count / seconds, used.as_secs_f64() * 1e6 / count))
}

fn worker(
    store: Store,
    gateway: Arc<dyn MessageGateway>,
    asked: &DeliverArguments,
    now: chrono::DateTime<chrono::Utc>,
) -> Outcome<Worker> {
    let mut settings = Settings::of(&Config::defaults()?);
    settings.claim_batch = asked.claim_batch.unwrap_or(settings.claim_batch);
    settings.concurrency = asked.concurrency.unwrap_or(settings.concurrency);
    Ok(Worker::new(WorkerParts {
        store,
        clock: Clock::manual(now).0,
        sign_in_clock: Clock::System,
        randomness: Randomness::from_os()?,
        providers: Providers::single(gateway),
        settings,
        packs: PackCache::default(),
    }))
}

/// One message for each of so many open windows, all due now; answers how many there are.
fn lay_down(
    tx: &mut Tx<'_>,
    wanted: usize,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<usize, StorageError> {
    let mut ids = IdMint::new(now, 99);
    let mut laid = 0;
    for agency in agencies::list_ids(tx)? {
        for office in offices::list(tx, agency, None, None, 10_000)? {
            let filter = appointments::Filter {
                office: Some(office.id),
                statuses: vec![AppointmentStatus::Open],
                ..appointments::Filter::default()
            };
            let open = appointments::list(tx, agency, Scope::default(), &filter, None, 1000)?;
            let due: Vec<_> = open
                .iter()
                .take(wanted - laid)
                .map(|item| message(agency, item, ids.next(), now))
                .collect();
            laid += messages::insert_once(tx, &due)?;
            if laid == wanted {
                return Ok(laid);
            }
        }
    }
    Ok(laid)
}

fn message(
    agency_id: AgencyId,
    item: &appointments::Appointment,
    id: domain::MessageId,
    now: chrono::DateTime<chrono::Utc>,
) -> messages::Message {
    messages::Message {
        agency_id,
        id,
        office_id: item.office_id,
        client_id: Some(item.client_id),
        staff_id: None,
        case_id: Some(item.case_id),
        appointment_id: Some(item.id),
        dedupe_key: format!("appointment:{}:d-3", item.id),
        kind: MessageKind::AppointmentReminder,
        step: "d-3".to_owned(),
        channel: Channel::Webhook,
        status: MessageStatus::Scheduled,
        planned_for: now,
        not_after: now + TimeDelta::hours(6),
        shifted_from: None,
        shift_reason: None,
        hop_cause: None,
        next_action_at: Some(now),
        attempt_count: 0,
        fence: 0,
        status_reason: None,
        final_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// An SMS platform that takes every message at once and keeps none.
pub fn gateway() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        listening(listener.local_addr()?)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(serve(stream));
        }
    })
}

async fn serve(mut stream: TcpStream) -> Outcome<()> {
    const ANSWER: &[u8] =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{\"id\":\"p-12345\"}";
    let mut buffer = Vec::with_capacity(8 * 1024);
    loop {
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
        while let Some(length) = request_length(&buffer)? {
            buffer.drain(..length);
            stream.write_all(ANSWER).await?;
        }
    }
}

/// How many bytes the first request takes, once it is there whole.
fn request_length(buffer: &[u8]) -> Outcome<Option<usize>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head) = request.parse(buffer)? else {
        return Ok(None);
    };
    let length: usize = request
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))
        .map_or(Ok(0), |header| {
            std::str::from_utf8(header.value).unwrap_or("?").parse()
        })?;
    Ok((buffer.len() >= head + length).then_some(head + length))
}
