//! What counted, why, and what can be said against it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{AppointmentId, AppointmentStatus, MissLabel, miss};
use serde::Serialize;
use utoipa::ToSchema;

use super::PlaceView;

/// How a date was counted, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Kept in time.
    Kept,
    /// Kept in the days after.
    KeptLate,
    /// Not kept; nobody has looked at the reasons yet. Counts until somebody does.
    NotKeptUnseen,
    /// Not kept; a person decided that there was no good reason.
    NotKeptDecided,
    /// A person accepted the reason.
    Excused,
    /// Moved to another date.
    Moved,
    /// The station could not do it.
    OurFault,
}

impl Standing {
    /// The same in a sentence.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Kept => "已按时办理。",
            Self::KeptLate => "已在宽限期内办理。",
            Self::NotKeptUnseen => "未办理,尚待工作人员核实;核实前暂计一次,您可以说明情况。",
            Self::NotKeptDecided => "未办理,工作人员核实后计一次;如有不同意见,可以说明情况。",
            Self::Excused => "已说明原因并获认可,不计。",
            Self::Moved => "已改期,不计。",
            Self::OurFault => "因服务站原因未能办理,不计。",
        }
    }
}

/// How a date stands that is over; `None`: it is not, or it was never asked for.
pub const fn standing_of(
    status: AppointmentStatus,
    late: bool,
    label: Option<MissLabel>,
) -> Option<Standing> {
    use AppointmentStatus as S;
    match status {
        S::Scheduled | S::Open | S::Overdue | S::Cancelled => None,
        S::Completed if late => Some(Standing::KeptLate),
        S::Completed => Some(Standing::Kept),
        S::Missed if label.is_some() => Some(Standing::NotKeptDecided),
        S::Missed => Some(Standing::NotKeptUnseen),
        S::Excused => Some(Standing::Excused),
        S::Deferred => Some(Standing::Moved),
        S::ServiceFault => Some(Standing::OurFault),
    }
}

/// One date that is over.
#[derive(Clone, Serialize, ToSchema)]
pub struct LedgerItem {
    /// The date.
    pub appointment_id: AppointmentId,
    /// Its last local day.
    #[schema(example = "2025-10-09")]
    pub due_on: NaiveDate,
    /// How it stands.
    pub standing: Standing,
    /// Whether it counts as not kept.
    pub counts: bool,
    /// When a person decided so (UTC); `null`: nobody had to.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why, in a sentence.
    #[schema(example = "已按时办理。")]
    pub why: &'static str,
}

impl LedgerItem {
    /// An appointment's line; `None` while it is not over.
    pub fn of(item: &storage::appointments::Appointment) -> Option<Self> {
        let standing = standing_of(item.status, item.late, item.label)?;
        Some(Self {
            appointment_id: item.id,
            due_on: item.due_on,
            standing,
            counts: miss::counts(item.status, item.label),
            decided_at: item.labelled_at,
            why: standing.text(),
        })
    }
}

/// Where a review stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// People are looking at it.
    UnderWay,
    /// It was handed on to those who decide.
    HandedOn,
    /// It was decided.
    Decided,
}

impl ReviewState {
    /// What the client can do.
    pub const fn text(self) -> &'static str {
        match self {
            Self::UnderWay => {
                "服务站正在核实有关情况。您可以说明情况或提交材料,也可以当面或来电说明。"
            }
            Self::HandedOn => "有关情况已转交核实。您仍可以说明情况或提交材料。",
            Self::Decided => "有关情况已有处理结果。如不服,可依法申请复议或提起诉讼。",
        }
    }
}

/// A review of the client's dates.
#[derive(Clone, Serialize, ToSchema)]
pub struct ReviewView {
    /// Where it stands.
    pub state: ReviewState,
    /// Since when (UTC).
    pub since: DateTime<Utc>,
    /// The dates it rests on.
    pub rests_on: Vec<AppointmentId>,
    /// What the client can do.
    #[schema(example = "服务站正在核实有关情况。")]
    pub answer: &'static str,
}

/// How to contest what stands in the ledger.
pub const CONTEST: &str =
    "如认为有误,可在此说明情况或申请更正,也可以当面或来电说明;说明情况不影响您享受的服务。";

/// What counted and why.
#[derive(Serialize, ToSchema)]
pub struct LedgerView {
    /// How many dates of the term that goes on count as not kept.
    #[schema(example = 0)]
    pub counted: usize,
    /// Every date that is over, the earliest first.
    pub items: Vec<LedgerItem>,
    /// Reviews that rest on them, the oldest first.
    pub reviews: Vec<ReviewView>,
    /// How to contest it.
    pub contest: &'static str,
    /// Whom to call about it.
    pub place: PlaceView,
}

#[cfg(test)]
mod tests {
    use domain::wording::{WordList, lint};

    use super::*;

    const ALL: [Standing; 7] = [
        Standing::Kept,
        Standing::KeptLate,
        Standing::NotKeptUnseen,
        Standing::NotKeptDecided,
        Standing::Excused,
        Standing::Moved,
        Standing::OurFault,
    ];

    #[test]
    fn no_sentence_gives_anything_away() {
        let reviews = [
            ReviewState::UnderWay,
            ReviewState::HandedOn,
            ReviewState::Decided,
        ];
        let sentences = ALL
            .map(Standing::text)
            .into_iter()
            .chain(reviews.map(ReviewState::text))
            .chain([CONTEST]);
        for sentence in sentences {
            assert_eq!(lint(sentence, WordList::shipped()), [], "{sentence}");
        }
    }

    #[test]
    fn what_counts_is_what_the_rules_count() {
        for &status in AppointmentStatus::ALL {
            for label in [None, Some(MissLabel::EvadedOrRefused)] {
                let standing = standing_of(status, false, label);
                let shown = matches!(
                    standing,
                    Some(Standing::NotKeptUnseen | Standing::NotKeptDecided)
                );
                assert_eq!(shown, miss::counts(status, label), "{status} {label:?}");
            }
        }
    }
}
