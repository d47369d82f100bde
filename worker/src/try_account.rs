//! One text by one account, sent by hand: whether keys, signature, template and address are right can be
//! known from the vendor alone, and is better known before a client waits for a message.

use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::Args;
use domain::{
    IdMint, MessageKind, Refusal,
    wording::{WordList, lint_rendered},
};
use gateways::{Found, Outgoing, ProviderTemplate, SendError, Sought};
use platform::Clock;

use crate::{Provider, Providers};

/// How often the account is asked what became of it.
const ASKED_EVERY: Duration = Duration::from_secs(5);

/// What to send.
#[derive(Debug, Args)]
pub struct Trial {
    /// The account, by its name in the settings.
    account: String,
    /// Your own number (+8613800138000), openid, user id or e-mail address.
    #[arg(long)]
    to: String,
    /// The whole text with its signature: 【城东服务站】您好。
    #[arg(long)]
    text: String,
    /// The vendor's id of a filed text, where the account sends no other.
    #[arg(long)]
    template: Option<String>,
    /// A variable of the filed text, `name=value`; again for each, in the order the text has them.
    #[arg(long = "param", value_parser = pair, requires = "template")]
    params: Vec<(String, String)>,
    /// Seconds to wait for word of what became of it.
    #[arg(long, default_value_t = 0)]
    wait: u64,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("is no name=value".to_owned()),
    }
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The account is not in the settings.
    #[error("no account is named {0:?} in the settings")]
    NoSuchAccount(String),
    /// A trial too may reach somebody by a slip of the finger: no word in it tells what the office does.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// What came of it. Names no recipient.
#[derive(Debug)]
pub enum Verdict {
    /// The account did not take it.
    Refused(SendError),
    /// It took it.
    Taken {
        /// Its own reference.
        reference: Option<String>,
        /// What it said later, if it was waited for.
        found: Option<Found>,
    },
}

/// Sends it, and asks what became of it as long as it is to be waited for. Nothing is kept: a receipt
/// that is posted for it belongs to nothing.
///
/// # Errors
/// [`TrialError`].
pub async fn try_account(
    providers: &Providers,
    clock: &Clock,
    seed: u128,
    trial: &Trial,
) -> Result<Verdict, TrialError> {
    let account = providers
        .named(&trial.account)
        .ok_or_else(|| TrialError::NoSuchAccount(trial.account.clone()))?;
    let values = trial.params.iter().map(|(_name, value)| value);
    for text in values.chain([&trial.text]) {
        lint_rendered(text, WordList::shipped())?;
    }
    let now = clock.now();
    let outgoing = outgoing(trial, now, seed);
    let accepted = match account.gateway.send(&outgoing).await {
        Ok(accepted) => accepted,
        Err(error) => return Ok(Verdict::Refused(error)),
    };
    let reference = accepted.provider_message_id;
    let sought = Sought {
        attempt_id: outgoing.attempt_id,
        recipient: outgoing.recipient,
        sent_at: now,
        ended_at: clock.now(),
        provider_message_id: reference.clone(),
        now,
    };
    let found = ask(account, clock, sought, trial.wait).await;
    Ok(Verdict::Taken { reference, found })
}

fn outgoing(trial: &Trial, now: DateTime<Utc>, seed: u128) -> Outgoing {
    let mut ids = IdMint::new(now, seed);
    let template = trial.template.as_ref().map(|id| ProviderTemplate {
        provider_template_id: id.clone(),
        params: trial.params.clone(),
    });
    Outgoing {
        attempt_id: ids.next(),
        message_id: ids.next(),
        recipient: trial.to.clone(),
        text: trial.text.clone(),
        kind: MessageKind::AppointmentReminder,
        template,
        sent_at: now,
    }
}

/// The last answer, or the first that says what became of it.
async fn ask(account: &Provider, clock: &Clock, mut sought: Sought, wait: u64) -> Option<Found> {
    let mut last = None;
    if !account.gateway.can_be_asked() {
        return last;
    }
    for _ in 0..wait.div_ceil(ASKED_EVERY.as_secs()) {
        tokio::time::sleep(ASKED_EVERY).await;
        sought.now = clock.now();
        last = account.gateway.look_up(&sought).await.ok().or(last);
        if matches!(last, Some(Found::Settled { .. })) {
            break;
        }
    }
    last
}

impl Verdict {
    /// Whether the account took it, and nothing worse came of it.
    pub const fn is_good(&self) -> bool {
        use domain::delivery::ReceiptOutcome;
        match self {
            Self::Refused(_) => false,
            Self::Taken { found, .. } => match found {
                Some(Found::Settled { outcome, .. }) => {
                    matches!(outcome, ReceiptOutcome::Delivered)
                }
                _ => true,
            },
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(error) => writeln!(f, "refused: {} {}", error.class, error.code),
            Self::Taken { reference, found } => {
                let reference = reference.as_deref().unwrap_or("none");
                writeln!(f, "taken: reference {reference}")?;
                match found {
                    None => Ok(()),
                    Some(Found::Settled { outcome, code, .. }) => {
                        let code = code.as_deref().unwrap_or_default();
                        writeln!(f, "{} {code}", outcome.as_str())
                    }
                    Some(_) => writeln!(f, "no receipt yet"),
                }
            }
        }
    }
}
