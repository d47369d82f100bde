//! Clients.

mod identity;
mod list;
mod register;
mod reveal;
mod search;
mod update;

use casework::Work;
use domain::ClientId;
use storage::{
    Scope, StorageError,
    clients::{self, Client},
};

pub(in crate::services) use self::register::own_office;
pub use self::{list::list, register::register, reveal::reveal, search::search, update::update};
use crate::{failure::Failure, problem::Problem, problem_code::ProblemCode};
use domain::RefusalCode;

/// One client within the caller's reach.
pub fn get(work: &mut Work<'_, '_>, scope: Scope, id: ClientId) -> Result<Client, Failure> {
    clients::get(work.tx, work.agency, scope, id)?.ok_or_else(|| Failure::not_found("client"))
}

/// The unique index speaks: another client of the agency has this identity number.
fn taken(error: StorageError) -> Failure {
    match error {
        StorageError::Duplicate(place) if place.contains("id_number") => Problem::at(
            ProblemCode::Refused(RefusalCode::ClientExists),
            "/id_number",
            "the agency has a client with this identity number",
        )
        .into(),
        other => other.into(),
    }
}
