//! What a caseworker or supervisor has to see today: narrow rows, by index, bounded.

mod appointments;
mod escalations;
mod excuses;
mod tasks;
mod waiting;

use domain::ClientId;

pub use self::{
    appointments::{DueAppointment, Span, appointments},
    escalations::OpenEscalation,
    excuses::WaitingExcuse,
    tasks::OpenTask,
    waiting::{Waiting, waiting},
};
use crate::{
    error::StorageError,
    sealed::{Place, Sealer},
};

/// A client's full name, opened only for the rows that are shown. No `Debug`: personal data.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct ClientName {
    client: ClientId,
    sealed: Vec<u8>,
}

impl ClientName {
    /// The name. Mask it in lists.
    pub fn open(&self, sealer: &Sealer) -> Result<String, StorageError> {
        sealer.open(Place::new("clients.name", self.client), &self.sealed)
    }
}
