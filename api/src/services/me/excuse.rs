use casework::Work;
use domain::{ClientId, Refusal, RefusalCode, case_status};
use storage::{Scope, cases, excuses::Excuse};

use super::mine;
use crate::{
    failure::Failure,
    services::excuses,
    views::{excuses::RequestExcuse, me::RequestMyExcuse},
};

/// Takes in a reason why a date of the client's is not kept. Staff decide about it as about one that
/// they entered themselves.
///
/// # Errors
/// Those of a request by staff.
pub fn request_excuse(
    work: &mut Work<'_, '_>,
    client: ClientId,
    asked: &RequestMyExcuse,
) -> Result<Excuse, Failure> {
    let item = mine(work, client, asked.appointment_id)?;
    let whole = Scope::default();
    let case = cases::get(work.tx, work.agency, whole, item.case_id)?;
    if case.is_none_or(|case| case_status::is_final(case.status)) {
        let detail = "this is over: there is nothing to excuse";
        return Err(Refusal::new(RefusalCode::CaseNotActive, detail).into());
    }
    let request = RequestExcuse {
        reason_code: asked.reason_code.clone(),
        note: asked.note.clone(),
        evidence_due_on: asked.evidence_due_on,
    };
    excuses::request(work, whole, item.id, &request, item.caseworker_id)
}
