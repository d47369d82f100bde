//! The ledger of consents: one row for each time a client gave or withdrew one, never changed.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    ActorKind, AgencyId, ClientId, ConsentId,
    consent::{ConsentAct, ConsentChannel, ConsentPurpose},
};

use crate::{
    any_id::AnyId,
    error::StorageError,
    page::page,
    schema::consents,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One entry of the ledger.
    pub struct Consent, ConsentValues in consents {
        agency_id: AgencyId,
        id: ConsentId,
        /// Whose.
        client_id: ClientId,
        /// For what.
        purpose: ConsentPurpose,
        /// Position among the client's entries for this purpose, from 1: the last one says what holds.
        sequence: i32,
        /// Given or withdrawn.
        act: ConsentAct,
        /// The version of the text the client agreed to.
        text_version: String,
        /// How the client said so.
        channel: ConsentChannel,
        /// The day on which, local to the client's office.
        said_on: NaiveDate,
        /// Who wrote it down: staff, or the client.
        recorded_by_kind: ActorKind,
        recorded_by: Option<AnyId>,
        /// UTC.
        recorded_at: DateTime<Utc>,
    }
}

/// Adds an entry.
///
/// # Errors
/// [`StorageError::Collision`] when another entry took the position meanwhile.
pub fn insert(tx: &mut Tx<'_>, consent: &Consent) -> Result<(), StorageError> {
    let added = with_conn!(tx, c => diesel::insert_into(consents::table)
        .values(consent.values())
        .execute(*c))
    .map_err(StorageError::from);
    added.map(|_one| ()).map_err(StorageError::of_a_race)
}

/// The client's last entry for a purpose.
pub fn latest(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
    purpose: ConsentPurpose,
) -> Result<Option<Consent>, StorageError> {
    Ok(with_conn!(tx, c => consents::table
        .filter(consents::agency_id.eq(bind(agency)))
        .filter(consents::client_id.eq(bind(client)))
        .filter(consents::purpose.eq(bind(purpose)))
        .order(consents::sequence.desc())
        .select(Consent::as_select())
        .first(*c)
        .optional())?)
}

/// Which of these clients have a consent in force for a purpose.
pub fn in_force(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    clients: &[ClientId],
    purpose: ConsentPurpose,
) -> Result<HashSet<ClientId>, StorageError> {
    let entries: Vec<Consent> = with_conn!(tx, c => consents::table
        .filter(consents::agency_id.eq(bind(agency)))
        .filter(consents::client_id.eq_any(clients.iter().map(bind).collect::<Vec<_>>()))
        .filter(consents::purpose.eq(bind(purpose)))
        .select(Consent::as_select())
        .load(*c))?;
    let mut last: HashMap<ClientId, (i32, ConsentAct)> = HashMap::new();
    for entry in entries {
        let known = last.entry(entry.client_id).or_insert((0, entry.act));
        if entry.sequence > known.0 {
            *known = (entry.sequence, entry.act);
        }
    }
    let given = last
        .into_iter()
        .filter(|(_, (_, act))| *act == ConsentAct::Given);
    Ok(given.map(|(client, _)| client).collect())
}

/// A page of a client's ledger, oldest first.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
    after: Option<ConsentId>,
    limit: i64,
) -> Result<Vec<Consent>, StorageError> {
    Ok(with_conn!(tx, c => {
        let query = consents::table
            .filter(consents::agency_id.eq(bind(agency)))
            .filter(consents::client_id.eq(bind(client)))
            .select(Consent::as_select())
            .into_boxed();
        page!(query, consents, after, limit).load(*c)
    })?)
}
