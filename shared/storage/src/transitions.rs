//! Steps in the lives of cases and escalations: who, when, by which document, why.

use std::fmt;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{ActorKind, AgencyId, TransitionId};

use crate::{
    any_id::AnyId,
    error::StorageError,
    page::page,
    schema::transitions,
    sealed::Place,
    store::Tx,
    types::{bind, record},
    with_conn,
};

const REASON: &str = "transitions.reason";

/// One step from one status to another.
#[derive(Clone)]
pub struct Transition {
    /// The tenant.
    pub agency_id: AgencyId,
    /// Made by the caller.
    pub id: TransitionId,
    /// What took the step, such as `case`.
    pub object_kind: String,
    /// Which one.
    pub object_id: AnyId,
    /// The status it left.
    pub from_status: String,
    /// The status it has since.
    pub to_status: String,
    /// UTC.
    pub at: DateTime<Utc>,
    /// Kind of actor.
    pub actor_kind: ActorKind,
    /// Who, when it was a person.
    pub actor_id: Option<AnyId>,
    /// Number of the paper it rests on.
    pub document: Option<String>,
    /// Free text; kept sealed.
    pub reason: Option<String>,
}

impl fmt::Debug for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transition")
            .field("id", &self.id)
            .field("object_id", &self.object_id)
            .field("from_status", &self.from_status)
            .field("to_status", &self.to_status)
            .finish_non_exhaustive()
    }
}

record! {
    struct TransitionRow, TransitionValues in transitions {
        agency_id: AgencyId,
        id: TransitionId,
        object_kind: String,
        object_id: AnyId,
        from_status: String,
        to_status: String,
        at: DateTime<Utc>,
        actor_kind: ActorKind,
        actor_id: Option<AnyId>,
        document: Option<String>,
        reason_sealed: Option<Vec<u8>>,
    }
}

/// Stores a step.
pub fn insert(tx: &mut Tx<'_>, transition: &Transition) -> Result<(), StorageError> {
    let place = Place::new(REASON, transition.id);
    let row = TransitionRow {
        agency_id: transition.agency_id,
        id: transition.id,
        object_kind: transition.object_kind.clone(),
        object_id: transition.object_id,
        from_status: transition.from_status.clone(),
        to_status: transition.to_status.clone(),
        at: transition.at,
        actor_kind: transition.actor_kind,
        actor_id: transition.actor_id,
        document: transition.document.clone(),
        reason_sealed: tx.sealer().seal_opt(place, transition.reason.as_deref())?,
    };
    with_conn!(tx, c => diesel::insert_into(transitions::table)
        .values(row.values())
        .execute(*c))?;
    Ok(())
}

/// A page of the steps of one object, oldest first, after `after`.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    object: AnyId,
    after: Option<TransitionId>,
    limit: i64,
) -> Result<Vec<Transition>, StorageError> {
    let sealer = tx.sealer();
    with_conn!(tx, c => {
        let query = transitions::table
            .filter(transitions::agency_id.eq(bind(agency)))
            .filter(transitions::object_id.eq(bind(object)))
            .select(TransitionRow::as_select())
            .into_boxed();
        page!(query, transitions, after, limit).load(*c)
    })?
    .into_iter()
    .map(|row| {
        let reason = sealer.open_opt(Place::new(REASON, row.id), row.reason_sealed.as_deref())?;
        Ok(Transition {
            agency_id: row.agency_id,
            id: row.id,
            object_kind: row.object_kind,
            object_id: row.object_id,
            from_status: row.from_status,
            to_status: row.to_status,
            at: row.at,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            document: row.document,
            reason,
        })
    })
    .collect()
}
