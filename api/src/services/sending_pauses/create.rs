use casework::Work;
use domain::{Refusal, RefusalCode};
use storage::{
    StorageError, offices as stored_offices,
    sending_pauses::{self, Paused, Seen, SendingPause},
};

use super::seen_by;
use crate::{
    accounts::Accounts,
    auth::Caller,
    failure::Failure,
    services::{offices, text},
    views::sending_pauses::CreateSendingPause,
};

/// The longest name of a gateway.
const LONGEST_NAME: usize = 60;

/// Pauses the sending of an office, or of a gateway for the whole agency.
///
/// # Errors
/// `invalid_value` at the field at fault: a gateway that the settings do not list; an office of others,
/// of which is not told whether it exists; `conflict`
/// while another pause of the same stands.
pub fn create(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    accounts: &Accounts,
    asked: &CreateSendingPause,
) -> Result<SendingPause, Failure> {
    let paused = match (asked.office_id, asked.gateway.as_deref()) {
        (Some(office), None) => Paused::Office(office),
        (None, Some(name)) => Paused::Gateway(text::line(name, "/gateway", LONGEST_NAME)?),
        _ => {
            let detail = "one of office_id and gateway says what is paused";
            return Err(Refusal::at(RefusalCode::InvalidValue, "", detail).into());
        }
    };
    check_reach(work, caller, &paused)?;
    check_known(accounts, &paused)?;
    let pause = SendingPause {
        agency_id: work.agency,
        id: work.ids.next(),
        paused,
        reason: text::reason(&asked.reason)?,
        made_by: caller.staff,
        made_at: work.now,
        ended_by: None,
        ended_at: None,
    };
    match sending_pauses::insert(work.tx, &pause) {
        Ok(()) => Ok(pause),
        Err(StorageError::Duplicate(_)) => {
            let detail = "its sending is paused already";
            Err(Refusal::new(RefusalCode::Conflict, detail).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// A pause of a misspelt name would stop nothing, and everybody would believe it did.
fn check_known(accounts: &Accounts, paused: &Paused) -> Result<(), Refusal> {
    match paused {
        Paused::Gateway(name) if !accounts.has(name) => {
            let known: Vec<&str> = accounts.all().iter().map(|it| it.name.as_str()).collect();
            let detail = format!("the settings list no such gateway: {}", known.join(", "));
            Err(Refusal::at(RefusalCode::InvalidValue, "/gateway", detail))
        }
        _ => Ok(()),
    }
}

/// Checks that the caller may stop and resume this: a head what is of the own office or area, an
/// administrator everything.
pub(super) fn check_reach(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    paused: &Paused,
) -> Result<(), Failure> {
    let refused = |pointer, detail| Refusal::at(RefusalCode::InvalidValue, pointer, detail);
    let Paused::Office(office) = *paused else {
        return match seen_by(caller) {
            Some(Seen::All) => Ok(()),
            _ => Err(refused(
                "/gateway",
                "only an administrator pauses and resumes a gateway",
            )
            .into()),
        };
    };
    let reached = match seen_by(caller) {
        Some(Seen::All) => stored_offices::get(work.tx, work.agency, office)?.is_some(),
        Some(Seen::OfOffice(own)) => own == office,
        Some(Seen::InArea(area)) => offices::is_in(work, office, area.code)?,
        None => false,
    };
    if reached {
        return Ok(());
    }
    Err(refused("/office_id", "not an office of yours").into())
}
