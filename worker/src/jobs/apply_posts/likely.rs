//! Which reminder a receipt of Tencent Cloud is likely to be about that names one by a reference we never
//! learned, for the answer to its try was lost: the only one to the same number, by the same account, at that
//! time. Aliyun repeats our own id, and needs no guess.

use casework::WorkError;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AgencyId, MessageKind,
    delivery::{
        ReceiptOutcome,
        unnamed::{About, about, handed_within},
    },
    template::TemplateGateway,
};
use gateways::push::Report;
use storage::{
    PhoneIndex, StorageError, Tx,
    attempts::{Named, Waiting},
    clients,
    gateway_posts::Post,
    sign_in_codes,
};

use super::{
    person::tries,
    receipt::{Known, Read},
};
use crate::{
    job::Context,
    jobs::steps::{lies_in_the_data, note_left},
};

/// What is found for a receipt.
#[derive(Debug)]
pub(super) enum Likely {
    /// About this, in this agency.
    One(AgencyId, Box<Known>),
    /// One of several: nobody will ever know which.
    Several,
    /// Nothing that may not come yet.
    Nothing,
}

/// A delivery to a number.
struct Delivery<'a> {
    report: &'a Report,
    account: &'a str,
    /// 11 digits.
    phone: &'a str,
    happened_at: DateTime<Utc>,
}

/// The reminder that a receipt which no agency knows is about. That is likely and no more:
/// so a person phones in the end, as about any delivery that nobody confirms. What says that it failed is no
/// reason to wait.
pub(super) fn find(
    context: &Context,
    agencies: &[AgencyId],
    one: &Read,
    now: DateTime<Utc>,
) -> Result<Likely, WorkError> {
    let Some(it) = delivery(one) else {
        return Ok(Likely::Nothing);
    };
    let store = &context.parts.store;
    let (since, _until) = handed_within(it.happened_at);
    let mut all: Vec<(AgencyId, Waiting)> = Vec::new();
    for agency in agencies {
        let found = store.read_in(*agency, |tx| {
            // It may as well be of a code, whose reference is not kept.
            let asked_a_code = is_code_sent(context, tx, it.phone, now - since)?;
            let tries = to_number(tx, *agency, &it)?;
            Ok::<_, StorageError>((!asked_a_code).then_some(tries))
        });
        match found.map_err(WorkError::from) {
            Ok(Some(tries)) => all.extend(tries.into_iter().map(|made| (*agency, made))),
            Ok(None) => return Ok(Likely::Nothing),
            // It may be about what cannot be read: others wait for no guess.
            Err(error) if lies_in_the_data(&error) => {
                note_left("apply_posts", *agency, Some(&one.post.id), &error);
                return Ok(Likely::Nothing);
            }
            Err(error) => return Err(error),
        }
    }
    let candidates: Vec<_> = all.iter().map(|(_, made)| made.candidate).collect();
    let id = match about(true, &candidates) {
        About::One(id) => id,
        About::Several => return Ok(Likely::Several),
        About::NotYet | About::Nothing => return Ok(Likely::Nothing),
    };
    let mut all = all.into_iter();
    let found = all.find(|(_, made)| made.candidate.id == id);
    // About others nobody would phone where the guess is wrong.
    let found = found.filter(|(_, made)| made.about.0 == MessageKind::AppointmentReminder);
    Ok(found.map_or(Likely::Nothing, |(agency, made)| {
        let attempt = Named {
            attempt_id: id,
            message_id: made.message_id,
            provider_message_id: None,
            phone_index: None,
        };
        Likely::One(agency, Box::new((it.report.clone(), attempt)))
    }))
}

/// What can be joined by its number: a delivery whose vendor repeats no id of ours.
fn delivery(one: &Read) -> Option<Delivery<'_>> {
    let Read {
        post:
            Post {
                vendor: TemplateGateway::Tencent,
                account,
                ..
            },
        told,
        ..
    } = one
    else {
        return None;
    };
    let report = &told.first()?.report;
    Some(Delivery {
        report,
        account,
        phone: report.recipient.as_deref()?.strip_prefix("+86")?,
        happened_at: report.happened_at?,
    })
    .filter(|it| it.report.outcome == Some(ReceiptOutcome::Delivered))
}

/// Whether a number was sent a one-time code since so long ago. Codes have a clock of their own.
fn is_code_sent(
    context: &Context,
    tx: &mut Tx<'_>,
    phone: &str,
    ago: TimeDelta,
) -> Result<bool, StorageError> {
    let now = context.parts.sign_in_clock.now();
    let last = sign_in_codes::issued(tx, phone)?;
    Ok(last.is_some_and(|code| now - code.at <= ago))
}

/// The tries by its account at messages to its number, about when it happened.
fn to_number(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    it: &Delivery<'_>,
) -> Result<Vec<Waiting>, StorageError> {
    let number = Some(PhoneIndex::of(tx.sealer(), it.phone));
    let mut to_it = Vec::new();
    for client in clients::ids_with_phone(tx, agency, it.phone)? {
        to_it.extend(tries(tx, agency, it.account, client, it.happened_at)?);
    }
    to_it.retain(|made| made.phone_index == number);
    Ok(to_it)
}
