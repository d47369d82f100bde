//! The staff of a soak.

use casework::{Work, WorkError};
use domain::{Role, StaffId, staff_notice::StaffNotices};
use storage::staff::{self, Staff};

use crate::TestApp;

/// A caseworker who never signs in and is told by this channel.
pub(super) fn colleague(
    work: &mut Work<'_, '_>,
    app: &TestApp,
    number: usize,
    notices: StaffNotices,
) -> Result<StaffId, WorkError> {
    let person = Staff {
        agency_id: work.agency,
        id: work.ids.next(),
        office_id: Some(app.seed().office),
        username: format!("soak-{number}"),
        password_hash: String::new(),
        display_name: "李老师".to_owned(),
        role: Role::Caseworker,
        sex: None,
        phone: None,
        active: true,
        version: 1,
        created_at: work.now,
        updated_at: work.now,
        area_code: None,
        notices,
    };
    staff::insert(work.tx, &person)?;
    Ok(person.id)
}
