//! Whose number it is.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AgencyId, ClientId,
    sign_in_code::{Held, asks_second_fact},
};
use storage::{
    StorageError, Store, agencies, client_numbers,
    clients::{self, Client},
};

/// A client whose number it may be. No `Debug`: personal data.
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Candidate {
    client: Client,
    last_used_at: Option<DateTime<Utc>>,
}

/// Who signs in, as far as the number and the second fact tell.
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub enum Choice {
    /// This one.
    Client(Box<Client>),
    /// The number alone does not tell.
    AskSecondFact,
    /// The fact is not that of one client with this number. For the trail: the first of them.
    Nobody(Option<(AgencyId, ClientId)>),
}

/// Every client with a number, in whichever agency. To be asked only for somebody who has shown that
/// they hold it.
///
/// # Errors
/// When the database fails.
pub fn candidates(store: &Store, phone: &str) -> Result<Vec<Candidate>, StorageError> {
    let mut found = Vec::new();
    for agency in store.read(agencies::list_ids)? {
        let of_agency: Vec<Candidate> = store.read_in(agency, |tx| {
            clients::with_phone(tx, agency, phone)?
                .into_iter()
                .map(|client| {
                    Ok(Candidate {
                        last_used_at: client_numbers::last_used(tx, agency, client.id, phone)?,
                        client,
                    })
                })
                .collect::<Result<_, StorageError>>()
        })?;
        found.extend(of_agency);
    }
    Ok(found)
}

/// Which of them it is at `now` in the time of sign-ins.
pub fn choose(
    candidates: Vec<Candidate>,
    birth_date: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Choice {
    let shared = candidates.len() > 1;
    let first = candidates
        .first()
        .map(|one| (one.client.agency_id, one.client.id));
    let doubtful = candidates.iter().any(|one| {
        let held = Held {
            shared,
            state: one.client.phone_state,
            last_used_at: one.last_used_at,
        };
        asks_second_fact(&held, now)
    });
    if doubtful && birth_date.is_none() {
        return Choice::AskSecondFact;
    }
    let mut fitting = candidates
        .into_iter()
        .filter(|one| birth_date.is_none_or(|date| one.client.birth_date == Some(date)));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Choice::Client(Box::new(one.client)),
        _ => Choice::Nobody(first),
    }
}
