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

fn name_of(sealer: &Sealer, client: ClientId, name: &[u8]) -> Result<String, StorageError> {
    sealer.open(Place::new("clients.name", client), name)
}
