//! Excuses (正当理由): what a request must contain, and how it is decided.
//!
//! `requested` or `awaiting_evidence` becomes `accepted`, `rejected`, `make_up` or `withdrawn`, once.
//! People decide, always with a reason; nothing here decides by itself.

use chrono::NaiveDate;

use crate::{
    coded,
    error::{Refusal, RefusalCode},
    rule_pack::{ExcuseCode, RulePack},
    words::ExcuseStatus,
};

coded! {
    /// What a person decides about an excuse.
    ExcuseDecision {
        /// The appointment does not count as missed.
        Accept = "accept",
        /// It does.
        Reject = "reject",
        /// It does not, and a new day is agreed on.
        MakeUp = "make_up",
    }
}

/// Checks a request against the pack and returns the excuse it names.
///
/// # Errors
/// `UnknownExcuseCode` if the pack has no such code; `NoteRequired` if it needs a note and none is
/// given.
pub fn check_request<'a>(
    pack: &'a RulePack,
    code: &str,
    note: Option<&str>,
) -> Result<&'a ExcuseCode, Refusal> {
    let Some(excuse) = pack.excuse_code(code) else {
        let known: Vec<&str> = pack
            .excuse_codes
            .iter()
            .map(|known| known.code.as_str())
            .collect();
        return Err(Refusal::at(
            RefusalCode::UnknownExcuseCode,
            "/reason_code",
            format!(
                "rule pack {} knows the reasons {}",
                pack.id,
                known.join(", ")
            ),
        ));
    };
    if excuse.note_required && note.is_none_or(|note| note.trim().is_empty()) {
        return Err(Refusal::at(
            RefusalCode::NoteRequired,
            "/note",
            format!("the reason {code} needs a note"),
        ));
    }
    Ok(excuse)
}

/// The state a new request is in: evidence may follow until the local day `evidence_due_on`.
///
/// # Errors
/// `InvalidValue` at `/evidence_due_on` if that day has passed.
pub fn first_status(
    evidence_due_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<ExcuseStatus, Refusal> {
    match evidence_due_on {
        None => Ok(ExcuseStatus::Requested),
        Some(due_on) if due_on >= today => Ok(ExcuseStatus::AwaitingEvidence),
        Some(due_on) => Err(Refusal::at(
            RefusalCode::InvalidValue,
            "/evidence_due_on",
            format!("the day {due_on} has passed; today is {today}"),
        )),
    }
}

/// Whether people still have to decide.
pub const fn is_pending(status: ExcuseStatus) -> bool {
    matches!(
        status,
        ExcuseStatus::Requested | ExcuseStatus::AwaitingEvidence
    )
}

/// Whether it takes the appointment out of the count of misses.
pub const fn is_in_force(status: ExcuseStatus) -> bool {
    matches!(status, ExcuseStatus::Accepted | ExcuseStatus::MakeUp)
}

/// The state after a person's decision on the local day `today`.
///
/// # Errors
/// `ExcuseDecided` unless it is still pending; `InvalidValue` at `/reason` without a reason;
/// `MakeUpDateRequired` if a make-up has no day, `InvalidValue` if its day has passed or if a day is
/// given with another decision.
pub fn decide(
    status: ExcuseStatus,
    decision: ExcuseDecision,
    reason: &str,
    make_up_due_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<ExcuseStatus, Refusal> {
    pending(status)?;
    if reason.trim().is_empty() {
        let detail = "a decision needs a reason";
        return Err(Refusal::at(RefusalCode::InvalidValue, "/reason", detail));
    }
    let invalid_date =
        |detail: String| Refusal::at(RefusalCode::InvalidValue, "/make_up_due_on", detail);
    match (decision, make_up_due_on) {
        (ExcuseDecision::Accept, None) => Ok(ExcuseStatus::Accepted),
        (ExcuseDecision::Reject, None) => Ok(ExcuseStatus::Rejected),
        (ExcuseDecision::MakeUp, Some(due_on)) if due_on >= today => Ok(ExcuseStatus::MakeUp),
        (ExcuseDecision::MakeUp, Some(due_on)) => Err(invalid_date(format!(
            "the make-up day {due_on} has passed; today is {today}"
        ))),
        (ExcuseDecision::MakeUp, None) => Err(Refusal::at(
            RefusalCode::MakeUpDateRequired,
            "/make_up_due_on",
            "a make-up needs its day",
        )),
        (ExcuseDecision::Accept | ExcuseDecision::Reject, Some(_)) => Err(invalid_date(format!(
            "a make-up day does not go with the decision {decision}"
        ))),
    }
}

/// The state after the request was taken back.
///
/// # Errors
/// `ExcuseDecided` unless it is still pending.
pub fn withdraw(status: ExcuseStatus) -> Result<ExcuseStatus, Refusal> {
    pending(status).map(|()| ExcuseStatus::Withdrawn)
}

fn pending(status: ExcuseStatus) -> Result<(), Refusal> {
    if is_pending(status) {
        return Ok(());
    }
    let detail = format!("the excuse is already {status}");
    Err(Refusal::new(RefusalCode::ExcuseDecided, detail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_pack::shipped;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn requests_name_a_known_code_and_a_note_where_needed() {
        let pack = RulePack::parse(shipped()[0].1).unwrap();
        let code = |code: &str, note| {
            check_request(&pack, code, note)
                .map(|_| ())
                .map_err(|refusal| refusal.code)
        };
        assert_eq!(code("illness", None), Ok(()));
        assert_eq!(code("forgot", None), Err(RefusalCode::UnknownExcuseCode));
        assert_eq!(code("other", Some("  ")), Err(RefusalCode::NoteRequired));
        assert_eq!(code("other", Some("roof fell in")), Ok(()));
    }

    #[test]
    fn evidence_may_follow_until_a_day_that_has_not_passed() {
        let today = date("2026-03-02");
        assert_eq!(first_status(None, today), Ok(ExcuseStatus::Requested));
        assert_eq!(
            first_status(Some(today), today),
            Ok(ExcuseStatus::AwaitingEvidence)
        );
        let refused = first_status(today.pred_opt(), today).unwrap_err();
        assert_eq!(refused.pointer.as_deref(), Some("/evidence_due_on"));
    }

    #[test]
    fn only_a_pending_excuse_is_decided_or_withdrawn() {
        let today = date("2026-03-02");
        for status in ExcuseStatus::ALL {
            let decided = decide(
                *status,
                ExcuseDecision::Accept,
                "seen the paper",
                None,
                today,
            );
            let withdrawn = withdraw(*status);
            if is_pending(*status) {
                assert_eq!(decided, Ok(ExcuseStatus::Accepted));
                assert_eq!(withdrawn, Ok(ExcuseStatus::Withdrawn));
            } else {
                assert_eq!(decided.unwrap_err().code, RefusalCode::ExcuseDecided);
                assert_eq!(withdrawn.unwrap_err().code, RefusalCode::ExcuseDecided);
            }
        }
    }

    #[test]
    fn a_make_up_needs_a_day_that_has_not_passed_and_only_it_has_one() {
        let today = date("2026-03-02");
        let decided = |decision, day| {
            decide(ExcuseStatus::Requested, decision, "agreed", day, today)
                .map_err(|refusal| refusal.code)
        };
        let make_up = ExcuseDecision::MakeUp;
        assert_eq!(decided(make_up, None), Err(RefusalCode::MakeUpDateRequired));
        assert_eq!(
            decided(make_up, today.pred_opt()),
            Err(RefusalCode::InvalidValue)
        );
        assert_eq!(decided(make_up, Some(today)), Ok(ExcuseStatus::MakeUp));
        let reject = ExcuseDecision::Reject;
        assert_eq!(decided(reject, Some(today)), Err(RefusalCode::InvalidValue));
        assert_eq!(decided(reject, None), Ok(ExcuseStatus::Rejected));
        let silent = decide(ExcuseStatus::Requested, reject, " ", None, today).unwrap_err();
        assert_eq!(silent.pointer.as_deref(), Some("/reason"));
    }
}
