//! Staff members of an agency.

mod check;
mod create;
mod list;
mod notices;
mod reset;
mod separation;
mod update;

use casework::Work;
use domain::StaffId;
use storage::staff::{self, Staff};

use crate::failure::Failure;

pub use check::username;
pub use create::{NewStaff, create};
pub use list::list;
pub use notices::set_own;
pub use reset::{is_temporary, reset_password, reset_second_factor};
pub use separation::appoint;
pub use update::{Updated, update};

/// One staff member of the agency.
///
/// # Errors
/// `not_found`.
pub fn get(work: &mut Work<'_, '_>, id: StaffId) -> Result<Staff, Failure> {
    staff::get(work.tx, work.agency, id)?.ok_or_else(|| Failure::not_found("staff member"))
}
