//! How staff want to be told of their own work.

use casework::Work;
use domain::StaffId;
use storage::staff::{self, Staff};

use crate::{failure::Failure, services::version, views::staff::NoticesView};

/// From now on somebody is told so.
///
/// # Errors
/// `invalid_value` at `/notices/address`.
pub fn set_own(
    work: &mut Work<'_, '_>,
    id: StaffId,
    asked: &NoticesView,
) -> Result<Staff, Failure> {
    let before = super::get(work, id)?;
    let mut staff = Staff {
        notices: asked.parse()?,
        updated_at: work.now,
        ..before.clone()
    };
    version::saved(staff::save(work.tx, &staff, before.version)?)?;
    staff.version = before.version + 1;
    Ok(staff)
}
