//! What a person can do about a message that did not arrive, or shows nothing though it did.

use crate::{HopCause, MessageStatus, NoProof, coded};

coded! {
    /// What to do about a message that did not arrive, or does not show that the client was told.
    Remedy {
        /// Phone the client: there is a task for it. Nobody else will tell them.
        PhoneClient = "phone_client",
        /// The number is missing or wrong: correct it, then send again.
        CorrectNumber = "correct_number",
        /// It arrived at a number that nobody has verified: verify it, and tell the client the date. There
        /// is a task for it.
        VerifyNumber = "verify_number",
        /// The colleague's WeCom user id, e-mail address or number is missing or wrong: correct it.
        CorrectAddress = "correct_address",
        /// Tell the colleague: there is a task for it.
        TellColleague = "tell_colleague",
        /// The gateway refuses our account, address or template: an operator has to act, then it is sent
        /// again.
        MendGateway = "mend_gateway",
        /// The office's own text or signature is not acceptable: correct it, then send again.
        MendWording = "mend_wording",
        /// Nothing: its time passed before it was tried, and the next step of the ladder follows.
        AwaitNextStep = "await_next_step",
    }
}

/// Why a text was not sent: no text of the office is acceptable.
pub const WORDING_REFUSED: &str = "wording_refused";

/// Why a message is not worked on: something that is stored of it cannot be read.
pub const CANNOT_BE_READ: &str = "cannot_be_read";

/// What to do about a message, by its state, why a person has to act, and the reason of the state;
/// none where nothing went wrong, or it is still under way.
pub fn remedy(
    status: MessageStatus,
    hop: Option<HopCause>,
    reason: Option<&str>,
) -> Option<Remedy> {
    use MessageStatus as S;
    match status {
        S::Delivered if hop == Some(HopCause::NoticeUnproven) => {
            let unverified = NoProof::NumberUnverified.as_str();
            return Some(if reason == Some(unverified) {
                Remedy::VerifyNumber
            } else {
                Remedy::PhoneClient
            });
        }
        S::Scheduled | S::Claimed | S::Submitting | S::Accepted | S::Unknown | S::Delivered => {
            return None;
        }
        S::UndeliveredTemporary
        | S::UndeliveredPermanent
        | S::NoReceipt
        | S::Expired
        | S::Cancelled
        | S::TechnicalFailure => {}
    }
    if reason == Some(WORDING_REFUSED) {
        return Some(Remedy::MendWording);
    }
    match hop {
        Some(HopCause::Configuration) => Some(Remedy::MendGateway),
        Some(HopCause::NoUsableNumber) => Some(Remedy::CorrectNumber),
        Some(_) => Some(Remedy::PhoneClient),
        None if status == S::Expired => Some(Remedy::AwaitNextStep),
        None => None,
    }
}

/// The same about a message to a member of staff: the morning's summary goes out again the next
/// working day, what could not wait is told by a colleague.
pub fn remedy_to_staff(
    status: MessageStatus,
    hop: Option<HopCause>,
    reason: Option<&str>,
) -> Option<Remedy> {
    use MessageStatus as S;
    match (status, hop) {
        _ if reason == Some(WORDING_REFUSED) => Some(Remedy::MendWording),
        // Over once it was taken, where no receipts come.
        (S::NoReceipt, None) => None,
        (S::UndeliveredPermanent, _) => Some(Remedy::CorrectAddress),
        (S::Cancelled, _) if reason == Some(HopCause::NoUsableNumber.as_str()) => {
            Some(Remedy::CorrectAddress)
        }
        (S::TechnicalFailure, None) => Some(Remedy::MendGateway),
        _ => match remedy(status, hop, reason)? {
            Remedy::PhoneClient => Some(Remedy::TellColleague),
            Remedy::CorrectNumber => Some(Remedy::CorrectAddress),
            other => Some(other),
        },
    }
}

#[cfg(test)]
mod tests {
    use MessageStatus as S;

    use super::*;

    #[test]
    fn whatever_made_a_person_act_says_what_to_do() {
        for &hop in HopCause::ALL {
            for status in [S::Expired, S::Cancelled, S::TechnicalFailure, S::NoReceipt] {
                assert!(remedy(status, Some(hop), None).is_some(), "{status} {hop}");
            }
            for status in [S::Scheduled, S::Accepted] {
                assert_eq!(remedy(status, Some(hop), None), None, "{status} {hop}");
            }
            let shows_nothing = hop == HopCause::NoticeUnproven;
            let remedy = remedy(S::Delivered, Some(hop), None);
            assert_eq!(remedy.is_some(), shows_nothing, "{hop}");
        }
    }

    #[test]
    fn what_arrived_and_shows_nothing_is_told_by_a_person() {
        for &why in NoProof::ALL {
            let hop = Some(HopCause::NoticeUnproven);
            let expected = match why {
                NoProof::NumberUnverified => Remedy::VerifyNumber,
                _ => Remedy::PhoneClient,
            };
            let told = remedy(S::Delivered, hop, Some(why.as_str()));
            assert_eq!(told, Some(expected), "{why}");
        }
    }

    #[test]
    fn nobody_phones_a_client_over_what_staff_did_not_get() {
        for (status, hop, reason, expected) in [
            (
                S::UndeliveredPermanent,
                None,
                Some("invalid_user"),
                Some(Remedy::CorrectAddress),
            ),
            (
                S::Cancelled,
                None,
                Some("no_usable_number"),
                Some(Remedy::CorrectAddress),
            ),
            (S::TechnicalFailure, None, None, Some(Remedy::MendGateway)),
            (
                S::TechnicalFailure,
                Some(HopCause::TriesSpent),
                None,
                Some(Remedy::TellColleague),
            ),
            (
                S::Expired,
                Some(HopCause::TriesSpent),
                Some("passed"),
                Some(Remedy::TellColleague),
            ),
            (
                S::Expired,
                None,
                Some("passed"),
                Some(Remedy::AwaitNextStep),
            ),
            (S::NoReceipt, None, Some("no_receipts_come"), None),
            (S::Cancelled, None, Some("nothing_waiting"), None),
        ] {
            assert_eq!(
                remedy_to_staff(status, hop, reason),
                expected,
                "{status} {reason:?}"
            );
        }
        for &hop in HopCause::ALL {
            for &status in S::ALL {
                let told = remedy_to_staff(status, Some(hop), None);
                assert_ne!(told, Some(Remedy::PhoneClient), "{status} {hop}");
            }
        }
    }

    #[test]
    fn each_cause_has_its_remedy() {
        let of = |hop, reason| remedy(S::TechnicalFailure, hop, reason);
        let config = Some(HopCause::Configuration);
        assert_eq!(
            of(config, Some("wording_refused")),
            Some(Remedy::MendWording)
        );
        assert_eq!(of(config, Some("401")), Some(Remedy::MendGateway));
        assert_eq!(
            of(Some(HopCause::TriesSpent), None),
            Some(Remedy::PhoneClient)
        );
        assert_eq!(
            of(Some(HopCause::NoUsableNumber), None),
            Some(Remedy::CorrectNumber)
        );
        assert_eq!(
            remedy(S::Expired, None, Some("passed")),
            Some(Remedy::AwaitNextStep)
        );
        assert_eq!(
            remedy(S::Cancelled, None, Some("appointment_completed")),
            None
        );
    }
}
