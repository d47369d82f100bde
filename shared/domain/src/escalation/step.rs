//! The steps of an escalation. All but the withdrawal are a person's.

use crate::{EscalationStatus, Refusal, RefusalCode, StaffId, coded};

coded! {
    /// A step of an escalation.
    EscalationEvent {
        /// The caseworker reviewed it and submits it for sign-off.
        Submit = "submit",
        /// The supervisor signs off.
        SignOff = "sign_off",
        /// Handed to the local police, with the receipt.
        Refer = "refer",
        /// The outcome of the police was typed in.
        Close = "close",
        /// A person dismissed it, with a reason.
        Dismiss = "dismiss",
        /// The machine withdrew it: the basis fell under the threshold.
        Withdraw = "withdraw",
    }
}

/// The state that a step leads to.
///
/// A file may be dismissed or withdrawn until it is referred; from then on only the outcome of the
/// police ends it, because they decide.
///
/// # Errors
/// `illegal_transition`.
pub fn next(from: EscalationStatus, event: EscalationEvent) -> Result<EscalationStatus, Refusal> {
    use EscalationEvent as E;
    use EscalationStatus as S;
    match (from, event) {
        (S::Open, E::Submit) => Ok(S::InReview),
        (S::InReview, E::SignOff) => Ok(S::SignedOff),
        (S::SignedOff, E::Refer) => Ok(S::Referred),
        (S::Referred, E::Close) => Ok(S::Closed),
        (S::Open | S::InReview | S::SignedOff, E::Dismiss) => Ok(S::Dismissed),
        (S::Open | S::InReview | S::SignedOff, E::Withdraw) => Ok(S::Withdrawn),
        _ => Err(Refusal::new(
            RefusalCode::IllegalTransition,
            format!("the step {event} is not possible: the escalation is {from}"),
        )),
    }
}

/// Whether a file is still under way: while it is, further facts join it and no second one opens.
pub const fn is_under_way(status: EscalationStatus) -> bool {
    matches!(
        status,
        EscalationStatus::Open
            | EscalationStatus::InReview
            | EscalationStatus::SignedOff
            | EscalationStatus::Referred
    )
}

/// Whether people have decided on the facts of a file, so that they alone open no new one.
pub const fn is_settled(status: EscalationStatus) -> bool {
    matches!(
        status,
        EscalationStatus::Closed | EscalationStatus::Dismissed
    )
}

/// Checks that the one who signs off is not the one who submitted.
///
/// # Errors
/// `sign_off_by_submitter`.
pub fn sign_off_allowed(submitted_by: StaffId, signer: StaffId) -> Result<(), Refusal> {
    if submitted_by == signer {
        return Err(Refusal::new(
            RefusalCode::SignOffBySubmitter,
            "an escalation is signed off by another person than the one who submitted it",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn exactly_the_legal_steps_are_possible() {
        use EscalationEvent as E;
        use EscalationStatus as S;
        let legal = [
            (S::Open, E::Submit, S::InReview),
            (S::InReview, E::SignOff, S::SignedOff),
            (S::SignedOff, E::Refer, S::Referred),
            (S::Referred, E::Close, S::Closed),
            (S::Open, E::Dismiss, S::Dismissed),
            (S::InReview, E::Dismiss, S::Dismissed),
            (S::SignedOff, E::Dismiss, S::Dismissed),
            (S::Open, E::Withdraw, S::Withdrawn),
            (S::InReview, E::Withdraw, S::Withdrawn),
            (S::SignedOff, E::Withdraw, S::Withdrawn),
        ];
        for &from in S::ALL {
            for &event in E::ALL {
                let expected = legal
                    .iter()
                    .find(|row| row.0 == from && row.1 == event)
                    .map(|row| row.2);
                let outcome = next(from, event);
                assert_eq!(
                    outcome.as_ref().ok(),
                    expected.as_ref(),
                    "{from} --{event}-->"
                );
                if let Err(refusal) = outcome {
                    assert_eq!(refusal.code, RefusalCode::IllegalTransition);
                }
            }
            assert!(!(is_under_way(from) && is_settled(from)));
        }
    }

    #[test]
    fn the_submitter_cannot_sign_off() {
        let [one, other] = [1, 2].map(|number| StaffId::from_uuid(Uuid::from_u128(number)));
        assert_eq!(sign_off_allowed(one, other), Ok(()));
        assert_eq!(
            sign_off_allowed(one, one).unwrap_err().code,
            RefusalCode::SignOffBySubmitter
        );
    }
}
