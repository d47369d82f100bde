//! The audit trail of an agency: append-only, each entry bound to the one before it.
//!
//! The chain is made in code ([`domain::audit`]). The row of `audit_heads` says where the trail
//! ends; advancing it locks it, so entries of one agency follow one another. Append last in a unit
//! of work: the lock is held until it commits.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    ActorKind, AgencyId,
    audit::{AuditOutcome, ChainHash, Entry, GENESIS, Head, Stored, entry_hash},
};
use uuid::Uuid;

use crate::{
    any_id::AnyId,
    error::StorageError,
    prepared::{execute_prepared, prepared},
    schema::{audit_heads, audit_log},
    store::Tx,
    types::{bind, record},
    with_conn,
};

/// Rows per statement; bounded by the parameters a statement may have.
const BATCH: usize = 500;

/// What is to be written into the trail. Holds identifiers and codes, never personal data.
#[derive(Debug, Clone)]
pub struct NewEntry<'a> {
    /// UTC, to the microsecond.
    pub at: DateTime<Utc>,
    /// Kind of actor.
    pub actor_kind: ActorKind,
    /// Which actor.
    pub actor_id: Option<Uuid>,
    /// The operation id of the API (`verb_resource`) or the job's name.
    pub action: &'a str,
    /// Kind of the object.
    pub object_kind: &'a str,
    /// Its id, or the natural key of an object that has none.
    pub object_id: Option<String>,
    /// What came of it.
    pub outcome: AuditOutcome,
    /// The code of a reason.
    pub reason: Option<&'a str>,
    /// The request it came with.
    pub request_id: Option<&'a str>,
    /// Network address it came from.
    pub address: Option<&'a str>,
}

record! {
    /// An entry as it stands in the trail.
    pub struct AuditEntry, AuditEntryValues in audit_log {
        agency_id: AgencyId,
        /// From 1, without gaps.
        seq: i64,
        at: DateTime<Utc>,
        actor_kind: ActorKind,
        actor_id: Option<AnyId>,
        action: String,
        object_kind: String,
        object_id: Option<String>,
        /// A word of [`AuditOutcome`].
        outcome: String,
        reason: Option<String>,
        request_id: Option<String>,
        address: Option<String>,
        previous_hash: Vec<u8>,
        hash: Vec<u8>,
    }
}

impl AuditEntry {
    fn new(agency: AgencyId, seq: i64, new: &NewEntry<'_>, previous: &ChainHash) -> Self {
        let hash = entry_hash(
            previous,
            &Entry {
                agency,
                seq,
                at: new.at,
                actor_kind: new.actor_kind,
                actor_id: new.actor_id,
                action: new.action,
                object_kind: new.object_kind,
                object_id: new.object_id.as_deref(),
                outcome: new.outcome,
                reason: new.reason,
                request_id: new.request_id,
                address: new.address,
            },
        );
        Self {
            agency_id: agency,
            seq,
            at: new.at,
            actor_kind: new.actor_kind,
            actor_id: new.actor_id.map(AnyId::from_uuid),
            action: new.action.to_owned(),
            object_kind: new.object_kind.to_owned(),
            object_id: new.object_id.clone(),
            outcome: new.outcome.as_str().to_owned(),
            reason: new.reason.map(str::to_owned),
            request_id: new.request_id.map(str::to_owned),
            address: new.address.map(str::to_owned),
            previous_hash: previous.to_vec(),
            hash: hash.to_vec(),
        }
    }

    /// The form in which [`domain::audit::walk`] checks the chain.
    ///
    /// [`StorageError::Corrupt`] when the row cannot have been written by this product.
    pub fn stored(&self) -> Result<Stored<'_>, StorageError> {
        Ok(Stored {
            entry: Entry {
                agency: self.agency_id,
                seq: self.seq,
                at: self.at,
                actor_kind: self.actor_kind,
                actor_id: self.actor_id.map(AnyId::uuid),
                action: &self.action,
                object_kind: &self.object_kind,
                object_id: self.object_id.as_deref(),
                outcome: self
                    .outcome
                    .parse()
                    .map_err(|_unknown| StorageError::Corrupt("audit outcome".to_owned()))?,
                reason: self.reason.as_deref(),
                request_id: self.request_id.as_deref(),
                address: self.address.as_deref(),
            },
            previous: chain_hash(&self.previous_hash)?,
            hash: chain_hash(&self.hash)?,
        })
    }
}

/// Which entries of a trail are asked for. `None` means: not narrowed by this.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only by this actor.
    pub actor_id: Option<Uuid>,
    /// Only this operation or job.
    pub action: Option<String>,
    /// Only on this object.
    pub object_id: Option<String>,
    /// Only with this outcome.
    pub outcome: Option<AuditOutcome>,
    /// Only at or after this instant (UTC).
    pub from: Option<DateTime<Utc>>,
    /// Only before this instant (UTC).
    pub to: Option<DateTime<Utc>>,
}

/// Begins the trail of a new agency.
pub(crate) fn begin(tx: &mut Tx<'_>, agency: AgencyId) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(audit_heads::table)
        .values((
            audit_heads::agency_id.eq(bind(agency)),
            audit_heads::seq.eq(Head::EMPTY.seq),
            audit_heads::hash.eq(GENESIS.as_slice()),
        ))
        .execute(*c))?;
    Ok(())
}

/// Writes one entry; answers its position.
pub fn append(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    entry: &NewEntry<'_>,
) -> Result<i64, StorageError> {
    append_many(tx, agency, std::slice::from_ref(entry))
}

/// Writes entries in the order given; answers the position of the last one in the trail. Three
/// statements for up to 500 entries.
pub fn append_many(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    entries: &[NewEntry<'_>],
) -> Result<i64, StorageError> {
    let count = i64::try_from(entries.len())
        .map_err(|_too_many| StorageError::Corrupt("audit batch".to_owned()))?;
    // Advancing the head first takes its lock before its hash is read.
    let (last, hash): (i64, Vec<u8>) =
        with_conn!(tx, c => prepared(diesel::update(audit_heads::table)
        .filter(audit_heads::agency_id.eq(bind(agency)))
        .set(audit_heads::seq.eq(audit_heads::seq + count))
        .returning((audit_heads::seq, audit_heads::hash)))
        .get_result(*c)
        .optional())?
        .ok_or_else(|| StorageError::MissingReference("audit_heads".to_owned()))?;
    if entries.is_empty() {
        return Ok(last);
    }
    let mut hash = chain_hash(&hash)?;
    let mut rows = Vec::with_capacity(entries.len());
    for (seq, entry) in (last - count + 1..).zip(entries) {
        let row = AuditEntry::new(agency, seq, entry, &hash);
        hash = chain_hash(&row.hash)?;
        rows.push(row);
    }
    if let [row] = rows.as_slice() {
        // Unlike a batch of any size, one row is a statement that stays prepared.
        with_conn!(tx, c => diesel::insert_into(audit_log::table).values(row.values()).execute(*c))?;
        rows.clear();
    }
    for batch in rows.chunks(BATCH) {
        let values: Vec<_> = batch.iter().map(AuditEntry::values).collect();
        with_conn!(tx, c => diesel::insert_into(audit_log::table).values(values).execute(*c))?;
    }
    with_conn!(tx, c => execute_prepared!(*c, audit_heads, diesel::update(audit_heads::table)
        .filter(audit_heads::agency_id.eq(bind(agency)))
        .set(audit_heads::hash.eq(hash.as_slice()))))?;
    Ok(last)
}

/// Where the trail ends. Kept elsewhere too, it shows a trail that was cut off at its end.
pub fn head(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Option<Head>, StorageError> {
    let head: Option<(i64, Vec<u8>)> = with_conn!(tx, c => audit_heads::table
        .filter(audit_heads::agency_id.eq(bind(agency)))
        .select((audit_heads::seq, audit_heads::hash))
        .first(*c)
        .optional())?;
    head.map(|(seq, hash)| {
        Ok(Head {
            seq,
            hash: chain_hash(&hash)?,
        })
    })
    .transpose()
}

/// A page of the trail, newest first, from before the position `before`.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditEntry>, StorageError> {
    Ok(with_conn!(tx, c => {
        let mut query = audit_log::table
            .filter(audit_log::agency_id.eq(bind(agency)))
            .order(audit_log::seq.desc())
            .limit(limit)
            .select(AuditEntry::as_select())
            .into_boxed();
        if let Some(actor) = filter.actor_id {
            query = query.filter(audit_log::actor_id.eq(bind(Some(AnyId::from_uuid(actor)))));
        }
        if let Some(action) = &filter.action {
            query = query.filter(audit_log::action.eq(action));
        }
        if let Some(object) = &filter.object_id {
            query = query.filter(audit_log::object_id.eq(object));
        }
        if let Some(outcome) = filter.outcome {
            query = query.filter(audit_log::outcome.eq(outcome.as_str()));
        }
        if let Some(from) = filter.from {
            query = query.filter(audit_log::at.ge(bind(from)));
        }
        if let Some(to) = filter.to {
            query = query.filter(audit_log::at.lt(bind(to)));
        }
        if let Some(before) = before {
            query = query.filter(audit_log::seq.lt(before));
        }
        query.load(*c)
    })?)
}

/// Entries after the position `after`, oldest first: to verify the chain piece by piece.
pub fn iter_from(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    after: i64,
    limit: i64,
) -> Result<Vec<AuditEntry>, StorageError> {
    Ok(with_conn!(tx, c => audit_log::table
        .filter(audit_log::agency_id.eq(bind(agency)))
        .filter(audit_log::seq.gt(after))
        .order(audit_log::seq)
        .limit(limit)
        .select(AuditEntry::as_select())
        .load(*c))?)
}

/// The position and hash of the first entry after the position `after`, whether or not the rest of
/// it can be understood.
pub fn next(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    after: i64,
) -> Result<Option<(i64, Vec<u8>)>, StorageError> {
    Ok(with_conn!(tx, c => audit_log::table
        .filter(audit_log::agency_id.eq(bind(agency)))
        .filter(audit_log::seq.gt(after))
        .order(audit_log::seq)
        .select((audit_log::seq, audit_log::hash))
        .first(*c)
        .optional())?)
}

fn chain_hash(bytes: &[u8]) -> Result<ChainHash, StorageError> {
    bytes
        .try_into()
        .map_err(|_length| StorageError::Corrupt("audit hash".to_owned()))
}
