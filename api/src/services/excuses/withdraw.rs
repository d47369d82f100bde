//! Taking an excuse back.

use casework::Work;
use domain::{ExcuseId, StaffId, excuse as rule};
use storage::{
    Scope,
    excuses::{self, Excuse},
    tasks,
};

use super::{evidence_key, load};
use crate::{
    failure::Failure,
    services::{text, version},
    views::excuses::WithdrawExcuse,
};

/// Takes an undecided excuse back.
///
/// # Errors
/// `excuse_decided`, `stale_version`.
pub fn withdraw(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: ExcuseId,
    expected: Option<i64>,
    asked: &WithdrawExcuse,
    by: StaffId,
) -> Result<Excuse, Failure> {
    let (mut excuse, _case) = load(work, scope, id)?;
    version::check(excuse.version, expected)?;
    excuse.status = rule::withdraw(excuse.status)?;
    excuse.decided_by = Some(by);
    excuse.decided_at = Some(work.now);
    excuse.decision_reason = asked.reason.as_deref().map(text::reason).transpose()?;
    let read = excuse.version;
    excuse.version += 1;
    version::saved(excuses::save(work.tx, &excuse, read)?)?;
    tasks::cancel_key(work.tx, work.agency, &evidence_key(id), work.now)?;
    Ok(excuse)
}
