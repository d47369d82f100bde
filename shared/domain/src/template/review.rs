//! The way of a text into force: one person writes it, another one reviews it.
//!
//! What ships with the product was reviewed with it and is in force as it is. A text stays in force
//! until a reviewed successor takes its place, so that there is one at any time.

use crate::{Refusal, RefusalCode, StaffId, coded};

coded! {
    /// State of one version of an agency's text.
    TextStatus {
        /// Waits for a second person.
        Draft = "draft",
        /// The second person sent it back.
        Rejected = "rejected",
        /// In force: sent.
        Active = "active",
        /// Was in force until a later one, or the one that ships, took its place.
        Retired = "retired",
        /// A later draft took its place, or it was taken back, before anybody reviewed it.
        Withdrawn = "withdrawn",
    }
}

coded! {
    /// What a reviewer decides.
    ReviewDecision {
        /// Comes into force at once.
        Approve = "approve",
        /// Goes back to whoever wrote it.
        Reject = "reject",
    }
}

/// The longest note of a reviewer, in characters.
const MAX_NOTE: usize = 300;

/// The state a draft takes by a review; `note` is without blanks around it.
///
/// # Errors
/// `review_by_author` when both are one person; `note_required` at `/note` for a rejection that says
/// nothing; `invalid_value` there for a note that is too long or has control characters.
pub fn review(
    author: StaffId,
    reviewer: StaffId,
    decision: ReviewDecision,
    note: Option<&str>,
) -> Result<TextStatus, Refusal> {
    if author == reviewer {
        return Err(Refusal::new(
            RefusalCode::ReviewByAuthor,
            "a text is reviewed by another person than the one who wrote it",
        ));
    }
    let note = note.unwrap_or_default();
    if note.chars().count() > MAX_NOTE || note.chars().any(char::is_control) {
        return Err(Refusal::at(
            RefusalCode::InvalidValue,
            "/note",
            "a note has one line of at most 300 characters",
        ));
    }
    match decision {
        ReviewDecision::Approve => Ok(TextStatus::Active),
        ReviewDecision::Reject if note.is_empty() => Err(Refusal::at(
            RefusalCode::NoteRequired,
            "/note",
            "whoever wrote the text needs to know what is wrong with it",
        )),
        ReviewDecision::Reject => Ok(TextStatus::Rejected),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn person(n: u128) -> StaffId {
        StaffId::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn a_second_person_decides() {
        use ReviewDecision as D;
        let by_another = |decision, note| review(person(1), person(2), decision, note);
        assert_eq!(by_another(D::Approve, None), Ok(TextStatus::Active));
        assert_eq!(
            by_another(D::Reject, Some("称呼不对")),
            Ok(TextStatus::Rejected)
        );
        for decision in [D::Approve, D::Reject] {
            let refusal = review(person(1), person(1), decision, Some("好")).unwrap_err();
            assert_eq!(refusal.code, RefusalCode::ReviewByAuthor);
        }
    }

    #[test]
    fn a_rejection_says_why_in_one_line() {
        let why = |note| {
            let refusal = review(person(1), person(2), ReviewDecision::Reject, note).unwrap_err();
            assert_eq!(refusal.pointer.as_deref(), Some("/note"));
            refusal.code
        };
        assert_eq!(why(None), RefusalCode::NoteRequired);
        assert_eq!(why(Some("")), RefusalCode::NoteRequired);
        assert_eq!(why(Some("一\n二")), RefusalCode::InvalidValue);
        assert_eq!(why(Some(&"长".repeat(301))), RefusalCode::InvalidValue);
    }
}
