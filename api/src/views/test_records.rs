//! Test records as JSON.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AppointmentId, CaseId, OfficeId, Sample, StaffId, TestMethod, TestRecordId, TestResult,
    test_record::CountsReason,
};
use serde::{Deserialize, Serialize};
use storage::{StorageError, test_records::TestRecord};
use utoipa::{IntoParams, ToSchema};

/// One sample taken and its result.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct RecordTest {
    /// What was taken.
    pub sample: Sample,
    /// How it was examined.
    pub method: TestMethod,
    /// When the sample was taken.
    pub collected_at: DateTime<Utc>,
    /// The staff members who took it: at least two, of the office. With one alone the record is
    /// kept and does not count.
    pub collector_ids: Vec<StaffId>,
    /// Overall result.
    pub result: TestResult,
    /// Result per substance, by its name.
    #[serde(default)]
    pub panel: Option<BTreeMap<String, TestResult>>,
    /// Lot of the kit.
    #[serde(default)]
    #[schema(example = "K2026-0417")]
    pub kit_lot: Option<String>,
    /// Last day on which the kit may be used.
    #[serde(default)]
    pub kit_expires_on: Option<NaiveDate>,
    /// Whether the client signed the record.
    pub client_signed: bool,
    /// Whether the client refused to sign, and that was noted.
    #[serde(default)]
    pub refused_to_sign: bool,
    /// When the client was told the result.
    #[serde(default)]
    pub told_at: Option<DateTime<Utc>>,
    /// Free text, at most 2,000 characters.
    #[serde(default)]
    #[schema(example = "由两名工作人员在站内采集")]
    pub note: Option<String>,
}

/// A stored test record.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct TestRecordView {
    /// UUIDv7.
    pub id: TestRecordId,
    /// The case.
    pub case_id: CaseId,
    /// The appointment it was taken for; `null` for an additional test.
    pub appointment_id: Option<AppointmentId>,
    /// The appointment it completed: the oldest unmet one whose window holds `collected_at`, which
    /// need not be the one it was recorded for. `null` if it completed none.
    pub completed_appointment_id: Option<AppointmentId>,
    /// Where it was taken.
    pub office_id: OfficeId,
    /// What was taken.
    pub sample: Sample,
    /// How it was examined.
    pub method: TestMethod,
    /// UTC.
    pub collected_at: DateTime<Utc>,
    /// Who took it.
    pub collector_ids: Vec<StaffId>,
    /// Overall result.
    pub result: TestResult,
    /// Result per substance.
    #[schema(value_type = Option<BTreeMap<String, TestResult>>)]
    pub panel: Option<serde_json::Value>,
    /// Lot of the kit.
    pub kit_lot: Option<String>,
    /// Last day on which the kit could be used.
    pub kit_expires_on: Option<NaiveDate>,
    /// Whether the client signed.
    pub client_signed: bool,
    /// Whether the client refused to sign.
    pub refused_to_sign: bool,
    /// When the client was told; UTC.
    pub told_at: Option<DateTime<Utc>>,
    /// Free text.
    pub note: Option<String>,
    /// Whether it counts towards the schedule.
    pub counts: bool,
    /// Why it counts or does not.
    pub counts_reason: CountsReason,
    /// Who recorded it.
    pub recorded_by: StaffId,
    /// When it was recorded; UTC.
    pub recorded_at: DateTime<Utc>,
}

impl TryFrom<TestRecord> for TestRecordView {
    type Error = StorageError;

    fn try_from(record: TestRecord) -> Result<Self, StorageError> {
        let counts_reason =
            record
                .counts_reason
                .parse()
                .map_err(|error: domain::coded::UnknownWord| {
                    StorageError::Corrupt(error.to_string())
                })?;
        Ok(Self {
            id: record.id,
            case_id: record.case_id,
            appointment_id: record.appointment_id,
            completed_appointment_id: record.appointment_id.filter(|_| record.counts),
            office_id: record.office_id,
            sample: record.sample,
            method: record.method,
            collected_at: record.collected_at,
            collector_ids: record.collectors,
            result: record.result,
            panel: record.panel,
            kit_lot: record.kit_lot,
            kit_expires_on: record.kit_expires_on,
            client_signed: record.client_signed,
            refused_to_sign: record.refused_to_sign,
            told_at: record.told_at,
            note: record.note,
            counts: record.counts,
            counts_reason,
            recorded_by: record.created_by,
            recorded_at: record.created_at,
        })
    }
}

/// What a list of a case's tests is narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCaseTests {
    /// Items on the page, 1–100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}
