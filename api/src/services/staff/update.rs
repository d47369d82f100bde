//! Changing staff members.

use casework::Work;
use chrono::{DateTime, Utc};
use domain::{Refusal, RefusalCode, Role, SessionId, StaffId, area::AreaCode};
use storage::staff::{self, Staff};

use super::{check, separation};
use crate::{
    failure::Failure,
    services::{faults::Faults, sessions, version},
    views::staff::{NoticesView, UpdateStaff},
};

/// A changed staff member, and the sessions that ended with the change.
#[derive(Debug)]
pub struct Updated {
    /// As they are now.
    pub staff: Staff,
    /// Sessions whose access tokens say something that is no longer so.
    pub ended: Vec<SessionId>,
}

/// Changes a staff member at `sign_in_now` in the time of sign-ins. Whoever gets another role, office
/// or area, or is locked, has to sign in again.
///
/// # Errors
/// `not_found`, `stale_version`, `invalid_value` or `invalid_phone` at the field; `forbidden` for an
/// account that the role `by` does not keep; `conflict` for a change of one's own role, office,
/// area or lock (nobody widens their own rights), and for a second administration of one person.
pub fn update(
    work: &mut Work<'_, '_>,
    by: Role,
    id: StaffId,
    asked: &UpdateStaff,
    expected: Option<i64>,
    sign_in_now: DateTime<Utc>,
) -> Result<Updated, Failure> {
    let before = super::get(work, id)?;
    separation::appoint(by, before.role)?;
    version::check(before.version, expected)?;
    let mut staff = changed(&before, asked)?;
    staff.updated_at = work.now;
    let rights = |staff: &Staff| (staff.role, staff.office_id, staff.area_code, staff.active);
    let other_rights = rights(&staff) != rights(&before);
    if other_rights {
        if work.actor.staff_id() == Some(id) {
            let detail = "nobody changes their own role, office, area or lock";
            return Err(Refusal::new(RefusalCode::Conflict, detail).into());
        }
        separation::appoint(by, staff.role)?;
        separation::same_administration(before.role, staff.role)?;
        check::place(work, staff.role, staff.office_id, staff.area_code)?;
    }
    separation::one_administration(work, &staff)?;
    version::saved(staff::save(work.tx, &staff, before.version)?)?;
    staff.version = before.version + 1;
    let ended = if other_rights {
        let reason = if staff.active {
            "rights_changed"
        } else {
            "locked"
        };
        sessions::end_all_of(work, id, sign_in_now, reason)?
    } else {
        Vec::new()
    };
    Ok(Updated { staff, ended })
}

fn changed(before: &Staff, asked: &UpdateStaff) -> Result<Staff, Failure> {
    let mut staff = before.clone();
    let mut faults = Faults::default();
    let name = asked.display_name.not_null("/display_name");
    faults.change(&mut staff.display_name, name, |name| {
        check::display_name(name)
    })?;
    let role = asked.role.not_null("/role");
    faults.change(&mut staff.role, role, |role| Ok::<_, Refusal>(*role))?;
    let active = asked.active.not_null("/active");
    faults.change(&mut staff.active, active, |active| {
        Ok::<_, Refusal>(*active)
    })?;
    if let Some(office) = asked.office_id.change() {
        staff.office_id = office.copied();
    }
    faults.change(&mut staff.area_code, Ok(asked.area_code.change()), |code| {
        code.map(|code| AreaCode::parse(code)).transpose()
    })?;
    if let Some(sex) = asked.sex.change() {
        staff.sex = sex.copied();
    }
    faults.change(&mut staff.phone, Ok(asked.phone.change()), |phone| {
        phone.map(|phone| check::phone(phone)).transpose()
    })?;
    let notices = asked.notices.not_null("/notices");
    faults.change(&mut staff.notices, notices, NoticesView::parse)?;
    faults.none()?;
    Ok(staff)
}
