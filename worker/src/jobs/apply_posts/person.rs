//! Which of our messages an event of WeChat is about that does not name it: one to the same person, by
//! the same account, by the same template, at that time.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AgencyId, ClientId, IdMint, MessageId,
    delivery::unnamed::{About, about, handed_within},
};
use gateways::{push::Report, wechat::callback::Told};
use secrecy::{ExposeSecret as _, SecretString};
use storage::{
    Scope, StorageError, Tx,
    attempts::{self, Named, Waiting},
    cases, provider_templates, wechat_bindings,
};

/// Messages planned longer ago were handed over longer ago than receipts come without a name.
const PLANNED: TimeDelta = TimeDelta::days(14);
/// More cases than anybody has.
const CASES: i64 = 100;

/// Whom an event is about: an openid with an account of the office.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub app_id: String,
    pub open_id: SecretString,
}

/// What is found for a receipt.
#[derive(Debug)]
pub(super) enum Found {
    Known(Box<(Report, Named)>),
    /// One of several: nobody will ever know which.
    Several,
    /// Nothing that may not come yet.
    Nothing,
}

impl Found {
    pub fn known(self) -> Option<(Report, Named)> {
        match self {
            Self::Known(known) => Some(*known),
            Self::Several | Self::Nothing => None,
        }
    }
}

/// The message that a receipt is about by its person, in an agency.
pub(super) fn find(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    account: &str,
    person: &Person,
    told: &Told,
) -> Result<Found, StorageError> {
    let tries = waiting(tx, agency, account, person, told)?;
    Ok(only_one(&told.report, tries))
}

/// Whether any of these receipts is, or may be, about a message that left here: what that took of what
/// the person accepted was counted when it was handed over.
pub(super) fn are_ours(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    account: &str,
    person: &Person,
    told: &[Told],
) -> Result<bool, StorageError> {
    let references: Vec<String> = told
        .iter()
        .filter_map(|it| it.report.provider_message_id.clone())
        .collect();
    if !attempts::named_by(tx, agency, account, &[], &references)?.is_empty() {
        return Ok(true);
    }
    for one in told {
        let tries = waiting(tx, agency, account, person, one)?;
        let candidates: Vec<_> = tries.iter().map(|it| it.candidate).collect();
        let names = one.report.provider_message_id.is_some();
        if about(names, &candidates) != About::Nothing {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The tries by the account at messages to the person about when the receipt happened, by the template
/// it tells.
fn waiting(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    account: &str,
    person: &Person,
    told: &Told,
) -> Result<Vec<Waiting>, StorageError> {
    let Some(happened_at) = told.report.happened_at else {
        return Ok(Vec::new());
    };
    let open_id = person.open_id.expose_secret();
    let Some(binding) = wechat_bindings::find(tx, agency, &person.app_id, open_id)? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for one in tries(tx, agency, account, binding.client_id, happened_at)? {
        if by_template(tx, agency, account, &one, told)? {
            found.push(one);
        }
    }
    Ok(found)
}

/// The tries by the account at messages to the client about when a receipt happened.
pub(super) fn tries(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    account: &str,
    client: ClientId,
    happened_at: DateTime<Utc>,
) -> Result<Vec<Waiting>, StorageError> {
    let filter = cases::Filter {
        client: Some(client),
        ..cases::Filter::default()
    };
    let whole = Scope::default();
    let of_client = cases::list(tx, agency, whole, &filter, None, CASES)?;
    let cases: Vec<_> = of_client.into_iter().map(|case| case.id).collect();
    let planned: MessageId = IdMint::new(happened_at - PLANNED, 0).next();
    let within = handed_within(happened_at);
    let mut tries = attempts::waiting(tx, agency, &cases, account, planned, within)?;
    tries.retain(|one| one.client_id == Some(client));
    Ok(tries)
}

fn only_one(report: &Report, tries: Vec<Waiting>) -> Found {
    let candidates: Vec<_> = tries.iter().map(|it| it.candidate).collect();
    let id = match about(report.provider_message_id.is_some(), &candidates) {
        About::One(id) => id,
        About::Several => return Found::Several,
        About::NotYet | About::Nothing => return Found::Nothing,
    };
    let of_it = tries.into_iter().find(|it| it.candidate.id == id);
    of_it.map_or(Found::Nothing, |it| {
        let attempt = Named {
            attempt_id: id,
            message_id: it.message_id,
            provider_message_id: None,
            phone_index: None,
        };
        Found::Known(Box::new((report.clone(), attempt)))
    })
}

/// Whether a message went by the template that the receipt tells, as far as either is known.
fn by_template(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    account: &str,
    one: &Waiting,
    told: &Told,
) -> Result<bool, StorageError> {
    let Some(template_id) = &told.template_id else {
        return Ok(true);
    };
    let (kind, step) = &one.about;
    let filed = provider_templates::get(tx, agency, account, *kind, step)?;
    Ok(filed.is_none_or(|filed| filed.provider_template_id == *template_id))
}
