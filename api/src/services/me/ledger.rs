use casework::Work;
use domain::{
    AppointmentId, CaseId, ClientId, EscalationKind, EscalationStatus, case_status::is_final, miss,
};
use storage::escalations::{self, Escalation};

use super::{appointments, cases_of, client, place};
use crate::{
    failure::Failure,
    views::me::{CONTEST, LedgerItem, LedgerView, ReviewState, ReviewView},
};

/// What counted and why, and the reviews that rest on it.
///
/// # Errors
/// When the database fails.
pub fn ledger(work: &mut Work<'_, '_>, id: ClientId) -> Result<LedgerView, Failure> {
    let me = client(work, id)?;
    let dates = appointments::all(work, id)?;
    let cases = cases_of(work, id)?;
    let mut reviews = Vec::new();
    for case in &cases {
        for &kind in EscalationKind::ALL {
            for file in escalations::of_case(work.tx, work.agency, case.id, kind)? {
                if let Some(state) = state_of(file.status) {
                    reviews.push(review(work, &file, state)?);
                }
            }
        }
    }
    reviews.sort_by_key(|review| review.since);
    // What counted in a case that is over is not carried to another.
    let goes_on = |it: CaseId| {
        let mut open = cases.iter().filter(|case| !is_final(case.status));
        open.any(|case| case.id == it)
    };
    let counted = dates
        .iter()
        .filter(|date| miss::counts(date.status, date.label) && goes_on(date.case_id))
        .count();
    Ok(LedgerView {
        counted,
        items: dates.iter().filter_map(LedgerItem::of).collect(),
        reviews,
        contest: CONTEST,
        place: place(work, &me)?,
    })
}

/// What came to nothing is not shown.
const fn state_of(status: EscalationStatus) -> Option<ReviewState> {
    use EscalationStatus as S;
    match status {
        S::Open | S::InReview | S::SignedOff => Some(ReviewState::UnderWay),
        S::Referred => Some(ReviewState::HandedOn),
        S::Closed => Some(ReviewState::Decided),
        S::Dismissed | S::Withdrawn => None,
    }
}

fn review(
    work: &mut Work<'_, '_>,
    file: &Escalation,
    state: ReviewState,
) -> Result<ReviewView, Failure> {
    let rests_on: Vec<AppointmentId> = escalations::items_of(work.tx, work.agency, file.id)?
        .into_iter()
        .filter(|item| item.object_kind == "appointment" && item.removed_at.is_none())
        .map(|item| item.object_id)
        .collect();
    Ok(ReviewView {
        state,
        since: file.opened_at,
        rests_on,
        answer: state.text(),
    })
}
