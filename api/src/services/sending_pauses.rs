//! Pauses of sending.

mod create;
mod list;

use casework::Work;
use domain::{
    SendingPauseId,
    role::{self, Reach},
};
use storage::{
    Area,
    sending_pauses::{self, Seen, SendingPause},
};

pub use self::{create::create, list::list};
use crate::{auth::Caller, failure::Failure};

/// One pause the caller may see.
///
/// # Errors
/// `not_found`.
pub fn get(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    id: SendingPauseId,
) -> Result<SendingPause, Failure> {
    seen_by(caller)
        .map(|seen| sending_pauses::get(work.tx, work.agency, seen, id))
        .transpose()?
        .flatten()
        .ok_or_else(|| Failure::not_found("sending pause"))
}

/// Ends a pause. One that has ended stays as it is.
///
/// # Errors
/// `not_found` for a pause that the caller may not see; `invalid_value` for a gateway's, which only an
/// administrator ends.
pub fn end(work: &mut Work<'_, '_>, caller: &Caller, id: SendingPauseId) -> Result<(), Failure> {
    let pause = get(work, caller, id)?;
    create::check_reach(work, caller, &pause.paused)?;
    sending_pauses::end(work.tx, work.agency, id, caller.staff, work.now)?;
    Ok(())
}

/// Which pauses a caller may see: administrators all, others those that concern their office or area;
/// nobody without either.
fn seen_by(caller: &Caller) -> Option<Seen> {
    match (role::reach(caller.role), caller.office, caller.area) {
        (Reach::Agency, ..) => Some(Seen::All),
        (_, Some(office), _) => Some(Seen::OfOffice(office)),
        (Reach::Office, None, Some(code)) => Some(Seen::InArea(Area {
            agency: caller.agency,
            code,
        })),
        (Reach::OwnCases | Reach::Office | Reach::None, None, _) => None,
    }
}
