//! Frozen files as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    CaseId, CaseStatus, ClientId, FileOpeningId, Measure, OfficeId, StaffId,
    freezing::OpeningReason,
};
use serde::{Deserialize, Serialize};
use storage::{cases::Case, file_openings::FileOpening};
use utoipa::{IntoParams, ToSchema};

/// A frozen file, by its numbers: it names nobody.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FrozenCaseItem {
    /// The case.
    pub id: CaseId,
    /// Where it was executed.
    pub office_id: OfficeId,
    /// What kind of case.
    pub measure: Measure,
    /// How it ended.
    pub status: CaseStatus,
    /// Number of the decision, as on paper.
    #[schema(example = "城公(禁)社戒决字〔2025〕12号")]
    pub document_no: String,
    /// When the case ended (UTC).
    pub ended_at: Option<DateTime<Utc>>,
    /// From when the file is not read (UTC): ahead while it is open, or since it was frozen or closed.
    pub closed_from: Option<DateTime<Utc>>,
}

impl From<Case> for FrozenCaseItem {
    fn from(case: Case) -> Self {
        Self {
            id: case.id,
            office_id: case.office_id,
            measure: case.measure,
            status: case.status,
            document_no: case.document_no,
            ended_at: case.ended_at,
            closed_from: case.frozen_from,
        }
    }
}

/// Which frozen files to list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListFrozenCases {
    /// Only that of this decision.
    pub document_no: Option<String>,
    /// Items on the page, 1–100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Why a frozen file is to be read, and until when.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenFrozenCase {
    /// The ground.
    pub reason_code: OpeningReason,
    /// Number of the paper that asks for it, 1–80 characters.
    #[schema(example = "城检查字〔2026〕5号")]
    pub document_no: String,
    /// Last day, local to the office: today at the earliest, 30 days at most.
    #[schema(example = "2026-09-30")]
    pub ends_on: NaiveDate,
}

/// A frozen file may be read for a while.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FileOpeningView {
    /// UUIDv7.
    pub id: FileOpeningId,
    /// The case.
    pub case_id: CaseId,
    /// Whose it is.
    pub client_id: ClientId,
    /// The ground.
    pub reason_code: OpeningReason,
    /// Number of the paper that asks for it.
    pub document_no: String,
    /// By whom.
    pub opened_by: StaffId,
    /// When (UTC).
    pub opened_at: DateTime<Utc>,
    /// From when it cannot be read again (UTC).
    pub closes_at: DateTime<Utc>,
}

impl From<FileOpening> for FileOpeningView {
    fn from(opening: FileOpening) -> Self {
        Self {
            id: opening.id,
            case_id: opening.case_id,
            client_id: opening.client_id,
            reason_code: opening.reason_code,
            document_no: opening.document_no,
            opened_by: opening.opened_by,
            opened_at: opening.opened_at,
            closes_at: opening.closes_at,
        }
    }
}
