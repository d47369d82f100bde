//! What numbers were sent in the last 24 hours: vendors count by number, whoever has it.

use std::collections::{HashMap, HashSet};

use casework::{Work, WorkError};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{CaseId, ClientId, IdMint, MessageId};
use storage::{Scope, attempts, cases, clients, messages::Message};

use crate::providers::{A_DAY, Recent};

/// Messages planned longer ago were handed over longer ago than a day.
const PLANNED: TimeDelta = TimeDelta::days(14);
/// More cases than anybody has.
const CASES: i64 = 100;

/// What clients were sent, and whoever else has the number of theirs.
#[derive(Default)]
pub(in crate::jobs) struct Sent {
    /// Of clients who share a number, the first of them: under whom all of it stands.
    stands_under: HashMap<ClientId, ClientId>,
    by_number: HashMap<ClientId, Recent>,
}

impl Sent {
    /// What went to a client's number.
    pub fn to(&self, client: ClientId) -> Option<&Recent> {
        self.by_number.get(&self.first(client))
    }

    /// Another message was handed to an account at an instant (UTC): the next of the same batch counts
    /// it.
    pub fn note(&mut self, client: ClientId, account: String, at: DateTime<Utc>) {
        let recent = self.by_number.entry(self.first(client)).or_default();
        recent.entry(account).or_default().push(at);
    }

    fn first(&self, client: ClientId) -> ClientId {
        self.stands_under.get(&client).copied().unwrap_or(client)
    }
}

/// What went to the numbers of these messages' clients.
pub(super) fn load(
    work: &mut Work<'_, '_>,
    messages: &[Message],
    shared_phones: &HashSet<String>,
) -> Result<Sent, WorkError> {
    let mut sent = Sent::default();
    let mut of_cases: Vec<CaseId> = messages.iter().filter_map(|it| it.case_id).collect();
    for phone in shared_phones {
        let people = clients::ids_with_phone(work.tx, work.agency, phone)?;
        let Some(first) = people.first().copied() else {
            continue;
        };
        for client in people {
            of_cases.extend(cases_of(work, client)?);
            sent.stands_under.insert(client, first);
        }
    }
    of_cases.sort_unstable();
    of_cases.dedup();
    let planned: MessageId = IdMint::new(work.now - PLANNED, 0).next();
    let since = work.now - A_DAY;
    for (client, account, at) in
        attempts::handed_since(work.tx, work.agency, &of_cases, planned, since)?
    {
        sent.note(client, account, at);
    }
    Ok(sent)
}

fn cases_of(work: &mut Work<'_, '_>, client: ClientId) -> Result<Vec<CaseId>, WorkError> {
    let filter = cases::Filter {
        client: Some(client),
        ..cases::Filter::default()
    };
    let found = cases::list(work.tx, work.agency, Scope::default(), &filter, None, CASES)?;
    Ok(found.into_iter().map(|case| case.id).collect())
}
