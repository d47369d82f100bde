//! System, security and audit administration exclude one another (三员分立).

use casework::Work;
use domain::{Refusal, RefusalCode, Role, role};
use storage::staff::{self, Staff};

use crate::{failure::Failure, problem::Problem, problem_code::ProblemCode};

/// Lets a caller with one role give or take another one.
///
/// # Errors
/// `forbidden` when that is another administration's ([`role::appoints`]).
pub fn appoint(by: Role, wanted: Role) -> Result<(), Problem> {
    if role::appoints(by, wanted) {
        return Ok(());
    }
    let detail = format!("the role {by} keeps no account with the role {wanted}");
    Err(Problem::new(ProblemCode::Forbidden, detail))
}

/// One account does not go from one administration to another.
///
/// # Errors
/// `conflict` at `/role`.
pub(super) fn same_administration(before: Role, after: Role) -> Result<(), Refusal> {
    if role::exclude_one_another(before, after) {
        let detail =
            format!("{before} and {after} exclude one another; make another person's account");
        return Err(Refusal::at(RefusalCode::Conflict, "/role", detail));
    }
    Ok(())
}

/// Nobody holds two administrations by two accounts. A person is known by the mobile number, where
/// both accounts have one.
///
/// # Errors
/// `conflict` at `/phone`.
pub(super) fn one_administration(work: &mut Work<'_, '_>, staff: &Staff) -> Result<(), Failure> {
    let others: Vec<Role> = Role::ALL
        .iter()
        .copied()
        .filter(|&other| role::exclude_one_another(staff.role, other))
        .collect();
    if others.is_empty() || staff.phone.is_none() || !staff.active {
        return Ok(());
    }
    let holders = staff::with_role(work.tx, work.agency, &others)?;
    if holders.iter().any(|other| other.phone == staff.phone) {
        let detail = format!("this person has another administration than {}", staff.role);
        return Err(Refusal::at(RefusalCode::Conflict, "/phone", detail).into());
    }
    Ok(())
}
