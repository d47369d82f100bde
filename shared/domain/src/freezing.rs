//! Frozen files: records of drug use are sealed (治安管理处罚法, the Public Security Administration
//! Punishments Law, art. 136). They are kept, read by nobody unless opened for a reason, and changed no
//! more.

use chrono::{DateTime, Utc};

use crate::{Refusal, RefusalCode, coded};

coded! {
    /// Work on a file that is not done, and so holds its freezing up.
    PendingWork {
        OpenTasks = "open_tasks",
        OpenEscalations = "open_escalations",
        UnfinishedMessages = "unfinished_messages",
        UndecidedExcuses = "undecided_excuses",
    }
}

coded! {
    /// Why a frozen file is opened for a while. Whoever asks shows a legal basis.
    OpeningReason {
        /// A new decision on the same person.
        NewDecision = "new_decision",
        /// Reconsideration or a lawsuit.
        Appeal = "appeal",
        /// A state organ asks for it by law.
        LegalQuery = "legal_query",
        /// Inspection by a supervising organ.
        Supervision = "supervision",
        /// The person asks for it, or for a correction.
        OwnRequest = "own_request",
    }
}

/// Longest that a frozen file is open, in days.
pub const LONGEST_OPENING_DAYS: i64 = 30;

/// Lets what a file holds, or what is known of a client, be changed. `frozen_from` is the instant from
/// which it is not even read (UTC); it may be ahead while it is open for a reason.
///
/// # Errors
/// `case_frozen`.
pub fn may_change(frozen_from: Option<DateTime<Utc>>) -> Result<(), Refusal> {
    if frozen_from.is_none() {
        return Ok(());
    }
    let detail = "the file is frozen: it is read while it is open, and changed no more";
    Err(Refusal::new(RefusalCode::CaseFrozen, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_frozen_is_changed_no_more_open_or_not() {
        assert_eq!(may_change(None), Ok(()));
        for instant in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let refused = may_change(Some(instant)).unwrap_err();
            assert_eq!(refused.code, RefusalCode::CaseFrozen);
        }
    }
}
