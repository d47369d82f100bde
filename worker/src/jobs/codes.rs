//! Sends clients' one-time codes: a queue of its own, so that no batch of reminders delays a sign-in.
//!
//! A code is taken out of the queue and wiped before it is handed over: it goes out once or not at
//! all, and who got none asks again. Nothing of it stands among the messages.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use casework::{
    Work, WorkError,
    record::{self, AuditOutcome},
    rules,
};
use chrono::{DateTime, Utc};
use domain::{
    AgencyId, MessageKind, OfficeId,
    provider_choice::{BY_TEXT, Choice, Ended, Reach, Says, Tried, Wanted, Wechat},
    sign_in_code,
    template::{Placeholder, Variables},
    wording::WordList,
};
use futures_util::{StreamExt as _, future, stream};
use gateways::{Failure, Outgoing, ProviderTemplate, SendError};
use storage::{Scope, StorageError, Tx, clients, sign_in_codes};

use super::deliver::{Filed, load_filed};
use crate::{
    Provider,
    job::{Batch, Context, Job, Running, Turn},
    providers::Draw,
    runner::blocking,
};

const NAME: &str = "codes";
/// Codes taken at a time: they are few, and each is waited for by a person.
const BATCH: i64 = 50;
/// Calls of the gateway for one code, where it is sure that none before took it.
const TRIES: u32 = 2;

#[derive(Debug)]
pub(super) struct Codes;

/// A code with its text.
struct Ready {
    office: OfficeId,
    outgoing: Outgoing,
    /// What accounts are sent that take filed texts only, by their names.
    filled: HashMap<String, ProviderTemplate>,
}

impl Job for Codes {
    fn name(&self) -> &'static str {
        NAME
    }

    fn batch(&self, turn: Turn) -> Running<'_> {
        Box::pin(async move {
            let taking = turn.clone();
            let (taken, ready) = blocking(move || take(&taking)).await?;
            let context = &turn.context;
            let sending = ready.into_iter().map(|ready| send(context, ready));
            stream::iter(sending)
                .buffer_unordered(context.parts.settings.concurrency)
                .for_each(|()| {
                    context.goes_on(NAME);
                    future::ready(())
                })
                .await;
            Ok(Batch {
                acted_on: taken,
                more: i64::try_from(taken).is_ok_and(|taken| taken >= BATCH),
            })
        })
    }

    /// A code that waits is due at once.
    fn next_due(
        &self,
        tx: &mut Tx<'_>,
        agency: AgencyId,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StorageError> {
        Ok(sign_in_codes::any_waiting(tx, agency)?.then_some(now))
    }

    /// Codes are taken row by row.
    fn shares_work(&self) -> bool {
        true
    }
}

/// Takes waiting codes; answers how many, and the texts of those that are still good.
fn take(turn: &Turn) -> Result<(usize, Vec<Ready>), WorkError> {
    let now = turn.context.parts.sign_in_clock.now();
    turn.context.write(turn.agency, turn.now, |work| {
        let waiting = sign_in_codes::waiting(work.tx, work.agency, BATCH)?;
        let providers = &turn.context.parts.providers;
        let filed = if providers.file_texts() && !waiting.is_empty() {
            load_filed(work)?
        } else {
            Filed::new()
        };
        let mut ready = Vec::with_capacity(waiting.len());
        let mut taken = 0;
        for code in waiting {
            if !sign_in_codes::take(work.tx, &code)? {
                continue;
            }
            taken += 1;
            if code.expires_at > now {
                ready.extend(outgoing(work, &code, &filed)?);
            }
        }
        Ok((taken, ready))
    })
}

/// The text with its number, and the entry in the client's agency's trail that it was sent.
fn outgoing(
    work: &mut Work<'_, '_>,
    code: &sign_in_codes::Waiting,
    filed: &Filed,
) -> Result<Option<Ready>, WorkError> {
    let client = clients::get(work.tx, work.agency, Scope::default(), code.client)?;
    let Some((client, phone)) = client.and_then(|client| Some((client.clone(), client.phone?)))
    else {
        return Ok(None);
    };
    let office = rules::office(work, client.office_id)?;
    let signature = &office.message_signature;
    let text = match sign_in_code::text(&code.code, signature, WordList::shipped()) {
        Ok(text) => text,
        // One office's signature is no reason to send nobody's codes.
        Err(refusal) => {
            tracing::error!(office = %office.id, code = %refusal.code, "a sign-in code was not sent");
            metrics::counter!("worker_sign_in_codes_total", "outcome" => "failed").increment(1);
            return Ok(None);
        }
    };
    let id = Some(client.id.to_string());
    record::audit(
        work,
        "send_client_code",
        "client",
        id,
        AuditOutcome::Done,
        None,
    )?;
    Ok(Some(Ready {
        office: office.id,
        filled: filled(filed, &code.code),
        outgoing: Outgoing {
            attempt_id: work.ids.next(),
            message_id: work.ids.next(),
            recipient: format!("+86{phone}"),
            text,
            kind: MessageKind::SignInCode,
            template: None,
            sent_at: work.now,
        },
    }))
}

/// A code as the accounts are sent it that have its text on file.
fn filled(filed: &Filed, code: &str) -> HashMap<String, ProviderTemplate> {
    let data = Variables::new().with(Placeholder::Code, code);
    let of_codes = filed.iter().filter(|((_, kind, step), _)| {
        *kind == MessageKind::SignInCode && step == sign_in_code::STEP
    });
    of_codes
        .filter_map(|((account, ..), mapping)| {
            let ready = mapping.fill(&data, WordList::shipped()).ok()?;
            let template = ProviderTemplate {
                provider_template_id: ready.template_id,
                params: ready.params,
            };
            Some((account.clone(), template))
        })
        .collect()
}

/// Hands a code over; where an account is sure not to have taken it, to another one, if there is one.
async fn send(context: &Context, ready: Ready) {
    /// How much longer than its own time-out a gateway is given to come back.
    const SLACK: Duration = Duration::from_secs(2);
    let longest = context.parts.settings.send_timeout + SLACK;
    let (providers, clock) = (&context.parts.providers, &context.parts.clock);
    let mut outcome = "failed";
    let mut tried: Vec<Tried<'_>> = Vec::new();
    for _ in 0..TRIES {
        let Some((place, provider)) = account(context, &ready, &tried) else {
            break;
        };
        // A quota or a fault of configuration is there a moment later as well.
        let in_vain = |made: &Tried<'_>| {
            made.account == provider.name && made.ended != Ended::ForNow(Failure::Transient)
        };
        if tried.iter().any(in_vain) {
            break;
        }
        let outgoing = Outgoing {
            template: ready.filled.get(&provider.name).cloned(),
            ..ready.outgoing.clone()
        };
        let sending = provider.gateway.send(&outgoing);
        let result = match tokio::time::timeout(longest, sending).await {
            Ok(result) => result,
            Err(_elapsed) => Err(SendError::new(Failure::Unknown, "timeout")),
        };
        providers.record(place, Some(&result), clock.now());
        match result {
            Ok(_accepted) => {
                outcome = "sent";
                break;
            }
            Err(error) => {
                tracing::warn!(
                    account = %provider.name,
                    class = %error.class,
                    code = %error.code,
                    "a sign-in code was not handed over"
                );
                // It may have been taken, or no account can reach the number.
                if matches!(error.class, Failure::Unknown | Failure::Permanent) {
                    break;
                }
                tried.push(Tried {
                    account: &provider.name,
                    ended: Ended::ForNow(error.class),
                });
            }
        }
    }
    metrics::counter!("worker_sign_in_codes_total", "outcome" => outcome).increment(1);
}

/// The account for a code: it waits for no pace and goes before what does. Where every account rests,
/// it tries the one that is free first: later it is of no use.
fn account<'a>(
    context: &'a Context,
    ready: &Ready,
    tried: &[Tried<'_>],
) -> Option<(usize, &'a Provider)> {
    let now = context.parts.clock.now();
    let wanted = Wanted {
        rungs: BY_TEXT,
        reach: Reach {
            wechat: Wechat::NotBound,
            phone: true,
        },
        tried,
        failures_before_call: TRIES,
        not_after: DateTime::<Utc>::MAX_UTC,
        now,
    };
    let draw = Draw {
        office: ready.office,
        urgent: true,
        // Who waits for a code is not kept waiting by a pause of what can wait.
        paused: &HashSet::new(),
        person: None,
        recent: None,
        tries: &[],
        unit: context.parts.randomness.unit(),
    };
    let says = |provider: &Provider| {
        if provider.files.is_none() || ready.filled.contains_key(&provider.name) {
            Says::All
        } else {
            Says::Nothing
        }
    };
    let providers = &context.parts.providers;
    match providers.choose(draw, &wanted, says) {
        Choice::Send { account, .. } | Choice::Wait { account, .. } => {
            Some((account, providers.at(account)?))
        }
        Choice::Call(_) => None,
    }
}
