//! Test records: samples taken and their results.

mod context;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    AgencyId, AppointmentId, CaseId, OfficeId, Sample, StaffId, TestMethod, TestRecordId,
    TestResult,
};

pub use self::context::{
    Context, of_appointment as context_of_appointment, of_case as context_of_case,
};
use crate::{
    error::StorageError,
    page::page,
    schema::{cases, test_records},
    scope::{Scope, within},
    sealed::{Place, Sealer},
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    struct Row, RowValues in test_records {
        agency_id: AgencyId,
        id: TestRecordId,
        case_id: CaseId,
        appointment_id: Option<AppointmentId>,
        office_id: OfficeId,
        sample: Sample,
        method: TestMethod,
        collected_at: DateTime<Utc>,
        collectors: serde_json::Value,
        result: TestResult,
        panel: Option<serde_json::Value>,
        kit_lot: Option<String>,
        kit_expires_on: Option<NaiveDate>,
        client_signed: bool,
        refused_to_sign: bool,
        told_at: Option<DateTime<Utc>>,
        note_sealed: Option<Vec<u8>>,
        counts: bool,
        counts_reason: String,
        created_by: StaffId,
        created_at: DateTime<Utc>,
    }
}

/// One sample taken and its result.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct TestRecord {
    /// The tenant.
    pub agency_id: AgencyId,
    /// Its id.
    pub id: TestRecordId,
    /// The case.
    pub case_id: CaseId,
    /// The appointment it was taken for; none for an additional test.
    pub appointment_id: Option<AppointmentId>,
    /// Where it was taken.
    pub office_id: OfficeId,
    /// What was taken.
    pub sample: Sample,
    /// How it was examined.
    pub method: TestMethod,
    /// When it was taken.
    pub collected_at: DateTime<Utc>,
    /// Who took it.
    pub collectors: Vec<StaffId>,
    /// Overall result.
    pub result: TestResult,
    /// Result per substance.
    pub panel: Option<serde_json::Value>,
    /// Lot of the kit.
    pub kit_lot: Option<String>,
    /// Last day on which the kit may be used.
    pub kit_expires_on: Option<NaiveDate>,
    /// Whether the client signed.
    pub client_signed: bool,
    /// Whether the client refused to sign.
    pub refused_to_sign: bool,
    /// When the client was told.
    pub told_at: Option<DateTime<Utc>>,
    /// Free text.
    pub note: Option<String>,
    /// Whether it counts towards the schedule.
    pub counts: bool,
    /// Why (not).
    pub counts_reason: String,
    /// Who recorded it.
    pub created_by: StaffId,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
}

fn open(row: Row, sealer: &Sealer) -> Result<TestRecord, StorageError> {
    let place = Place::new("test_records.note", row.id);
    Ok(TestRecord {
        note: sealer.open_opt(place, row.note_sealed.as_deref())?,
        collectors: serde_json::from_value(row.collectors)
            .map_err(|error| StorageError::Corrupt(error.to_string()))?,
        agency_id: row.agency_id,
        id: row.id,
        case_id: row.case_id,
        appointment_id: row.appointment_id,
        office_id: row.office_id,
        sample: row.sample,
        method: row.method,
        collected_at: row.collected_at,
        result: row.result,
        panel: row.panel,
        kit_lot: row.kit_lot,
        kit_expires_on: row.kit_expires_on,
        client_signed: row.client_signed,
        refused_to_sign: row.refused_to_sign,
        told_at: row.told_at,
        counts: row.counts,
        counts_reason: row.counts_reason,
        created_by: row.created_by,
        created_at: row.created_at,
    })
}

/// Stores a new record.
pub fn insert(tx: &mut Tx<'_>, record: &TestRecord) -> Result<(), StorageError> {
    let record = record.clone();
    let place = Place::new("test_records.note", record.id);
    let row = Row {
        note_sealed: tx.sealer().seal_opt(place, record.note.as_deref())?,
        collectors: serde_json::json!(record.collectors),
        agency_id: record.agency_id,
        id: record.id,
        case_id: record.case_id,
        appointment_id: record.appointment_id,
        office_id: record.office_id,
        sample: record.sample,
        method: record.method,
        collected_at: record.collected_at,
        result: record.result,
        panel: record.panel,
        kit_lot: record.kit_lot,
        kit_expires_on: record.kit_expires_on,
        client_signed: record.client_signed,
        refused_to_sign: record.refused_to_sign,
        told_at: record.told_at,
        counts: record.counts,
        counts_reason: record.counts_reason,
        created_by: record.created_by,
        created_at: record.created_at,
    };
    with_conn!(tx, c => diesel::insert_into(test_records::table).values(row.values()).execute(*c))?;
    Ok(())
}

/// One record of a case the caller may see.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    id: TestRecordId,
) -> Result<Option<TestRecord>, StorageError> {
    let row = with_conn!(tx, c => within!(
        test_records::table
            .inner_join(cases::table.on(test_records::agency_id
                .eq(cases::agency_id)
                .and(test_records::case_id.eq(cases::id))))
            .filter(test_records::agency_id.eq(bind(agency)))
            .filter(cases::agency_id.eq(bind(agency)))
            .filter(test_records::id.eq(bind(id)))
            .select(Row::as_select())
            .into_boxed(),
        cases, scope)
    .first(*c)
    .optional())?;
    row.map(|row| open(row, tx.sealer())).transpose()
}

/// The records with these ids, in the order they were recorded.
pub fn get_many(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[TestRecordId],
) -> Result<Vec<TestRecord>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => test_records::table
        .filter(test_records::agency_id.eq(bind(agency)))
        .filter(test_records::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>()))
        .order(test_records::id)
        .select(Row::as_select())
        .load(*c))?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// A page of a case's records in the order they were recorded.
pub fn of_case(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    case: CaseId,
    after: Option<TestRecordId>,
    limit: i64,
) -> Result<Vec<TestRecord>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => {
        let query = test_records::table
            .filter(test_records::agency_id.eq(bind(agency)))
            .filter(test_records::case_id.eq(bind(case)))
            .select(Row::as_select())
            .into_boxed();
        page!(query, test_records, after, limit).load(*c)
    })?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// The ids of a case's positive records, in the order they were recorded.
pub fn positives(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    case: CaseId,
) -> Result<Vec<TestRecordId>, StorageError> {
    Ok(with_conn!(tx, c => test_records::table
        .filter(test_records::agency_id.eq(bind(agency)))
        .filter(test_records::case_id.eq(bind(case)))
        .filter(test_records::result.eq(bind(TestResult::Positive)))
        .order(test_records::id)
        .select(test_records::id)
        .load(*c))?)
}
