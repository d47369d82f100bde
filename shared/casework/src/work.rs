//! One unit of work: what every use case is given.

use chrono::{DateTime, Utc};
use domain::{ActorKind, AgencyId, ClientId, IdMint, IntegratorId, Refusal, RefusalCode, StaffId};
use storage::{Retryable, StorageError, Tx};
use uuid::Uuid;

use crate::rules::PackCache;

/// Who acts. The identity comes from the token, never from a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// Kind of actor.
    pub kind: ActorKind,
    /// Which one, where there is one.
    pub id: Option<Uuid>,
}

impl Actor {
    /// A signed-in staff member.
    pub fn staff(id: StaffId) -> Self {
        Self {
            kind: ActorKind::Staff,
            id: Some(id.uuid()),
        }
    }

    /// A signed-in client.
    pub fn client(id: ClientId) -> Self {
        Self {
            kind: ActorKind::Client,
            id: Some(id.uuid()),
        }
    }

    /// Another system with access of its own.
    pub fn integrator(id: IntegratorId) -> Self {
        Self {
            kind: ActorKind::Integrator,
            id: Some(id.uuid()),
        }
    }

    /// The worker, or a start-up step.
    pub const fn system() -> Self {
        Self {
            kind: ActorKind::System,
            id: None,
        }
    }

    /// A gateway's call-back.
    pub const fn gateway() -> Self {
        Self {
            kind: ActorKind::Gateway,
            id: None,
        }
    }

    /// The staff member, if it is one.
    pub fn staff_id(self) -> Option<StaffId> {
        match self.kind {
            ActorKind::Staff => self.id.map(StaffId::from_uuid),
            _ => None,
        }
    }
}

/// Where a request came from, for the audit trail.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Id of the request.
    pub id: Option<String>,
    /// Network address of the caller.
    pub address: Option<String>,
}

impl Request {
    /// Not a request: the worker acts by itself.
    pub const fn none() -> Self {
        Self {
            id: None,
            address: None,
        }
    }
}

/// One unit of work.
#[derive(Debug)]
pub struct Work<'t, 'c> {
    /// The open transaction.
    pub tx: &'t mut Tx<'c>,
    /// Parsed rule packs of the process.
    pub packs: &'t PackCache,
    /// The tenant.
    pub agency: AgencyId,
    /// The instant of the whole unit, UTC.
    pub now: DateTime<Utc>,
    /// Who acts.
    pub actor: Actor,
    /// Makes the unit's ids.
    pub ids: IdMint,
    /// Where it came from.
    pub request: Request,
}

/// Why a unit of work did not happen. Nothing of it is stored.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The rules refuse it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl WorkError {
    /// The object does not exist, or the caller may not see it: the two are one answer.
    pub fn not_found(what: &str) -> Self {
        Self::Refused(Refusal::new(
            RefusalCode::NotFound,
            format!("no such {what}"),
        ))
    }

    /// Something stored is not as it must be.
    pub fn corrupt(what: impl Into<String>) -> Self {
        Self::Storage(StorageError::Corrupt(what.into()))
    }

    /// Somebody else changed the object between reading and writing.
    pub fn conflict() -> Self {
        Self::Storage(StorageError::Collision)
    }
}

impl Retryable for WorkError {
    fn is_retryable(&self) -> bool {
        matches!(self, Self::Storage(error) if error.is_retryable())
    }
}

/// Turns "was it stored under the version I read?" into a collision that runs the unit again.
pub(crate) fn stored(was: bool) -> Result<(), WorkError> {
    if was {
        Ok(())
    } else {
        Err(WorkError::conflict())
    }
}
