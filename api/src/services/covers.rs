//! Covers for absent caseworkers.

mod create;
mod end;
mod list;

use casework::Work;
use domain::{
    CoverId,
    role::{self, Reach},
};
use storage::{
    Area,
    covers::{self, Cover, Seen},
};

pub use self::{create::create, end::end, list::list};
use crate::{auth::Caller, failure::Failure};

/// One cover the caller may see.
///
/// # Errors
/// `not_found`.
pub fn get(work: &mut Work<'_, '_>, caller: &Caller, id: CoverId) -> Result<Cover, Failure> {
    covers::get(work.tx, work.agency, seen_by(caller), id)?
        .ok_or_else(|| Failure::not_found("cover"))
}

/// Which covers a caller may see: heads those of their office or area, administrators all, others those they
/// have a part in.
fn seen_by(caller: &Caller) -> Seen {
    match (role::reach(caller.role), caller.office, caller.area) {
        (Reach::Agency, ..) => Seen::All,
        (Reach::Office, Some(office), _) => Seen::OfOffice(office),
        (Reach::Office, None, Some(code)) => Seen::InArea(Area {
            agency: caller.agency,
            code,
        }),
        (Reach::OwnCases | Reach::Office | Reach::None, ..) => Seen::Of(caller.staff),
    }
}
