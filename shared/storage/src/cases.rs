//! Cases.

mod freezing;
mod standing;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{AgencyId, CaseId, CaseStatus, ClientId, Measure, OfficeId, StaffId};

pub use self::{
    freezing::{
        File, count_held_up, count_not_frozen, count_to_freeze, freeze, list_frozen, open_until,
        to_freeze,
    },
    standing::{Standing, caseworker, standings},
};
use crate::{
    error::StorageError,
    prepared::execute_prepared,
    schema::cases,
    scope::{Scope, within},
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One measure on one client, from decision to end.
    pub struct Case, CaseValues in cases {
        agency_id: AgencyId,
        id: CaseId,
        client_id: ClientId,
        office_id: OfficeId,
        caseworker_id: StaffId,
        measure: Measure,
        rule_pack: String,
        rule_pack_version: i32,
        term_months: i32,
        document_no: String,
        issuing_authority: String,
        issued_on: NaiveDate,
        received_on: NaiveDate,
        /// The end printed on the decision; it wins over the computed one.
        printed_term_ends_on: Option<NaiveDate>,
        status: CaseStatus,
        report_in_due_on: NaiveDate,
        report_in_closes_at: DateTime<Utc>,
        report_in_provisional: bool,
        report_in_why: serde_json::Value,
        reported_in_on: Option<NaiveDate>,
        agreement_signed_on: Option<NaiveDate>,
        term_starts_on: Option<NaiveDate>,
        term_ends_on: Option<NaiveDate>,
        /// When the worker has to look at the case itself (report-in deadline); none = never.
        next_check_at: Option<DateTime<Utc>>,
        /// When the next report-in reminder is to be planned; none = never.
        next_remind_at: Option<DateTime<Utc>>,
        version: i64,
        created_by: StaffId,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
        /// When it came to its final status.
        ended_at: Option<DateTime<Utc>>,
        /// Its file is frozen: nothing in it changes, and from this instant on nobody reads it. Ahead of
        /// now while the file is open for a reason.
        frozen_from: Option<DateTime<Utc>>,
    }
}

/// What a list of cases is narrowed to, within the caller's scope.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Cases of this office.
    pub office: Option<OfficeId>,
    /// Cases of this caseworker.
    pub caseworker: Option<StaffId>,
    /// Cases of this client.
    pub client: Option<ClientId>,
    /// Cases in this status.
    pub status: Option<CaseStatus>,
}

/// Stores a new case.
pub fn insert(tx: &mut Tx<'_>, case: &Case) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(cases::table).values(case.values()).execute(*c))?;
    Ok(())
}

/// Replaces a case if its stored version is still `expected`; answers whether it was.
pub fn save(tx: &mut Tx<'_>, case: &Case, expected: i64) -> Result<bool, StorageError> {
    let changed = with_conn!(tx, c => execute_prepared!(*c, cases, diesel::update(cases::table
            .filter(cases::agency_id.eq(bind(case.agency_id)))
            .filter(cases::id.eq(bind(case.id)))
            .filter(cases::version.eq(expected)))
        .set(case.values())))?;
    Ok(changed == 1)
}

/// One case the caller may see.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    id: CaseId,
) -> Result<Option<Case>, StorageError> {
    Ok(with_conn!(tx, c => within!(
        cases::table
            .filter(cases::agency_id.eq(bind(agency)))
            .filter(cases::id.eq(bind(id)))
            .select(Case::as_select())
            .into_boxed(),
        cases, scope)
    .first(*c)
    .optional())?)
}

/// The cases with these ids, in no particular order.
pub fn get_many(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[CaseId],
) -> Result<Vec<Case>, StorageError> {
    Ok(with_conn!(tx, c => cases::table
        .filter(cases::agency_id.eq(bind(agency)))
        .filter(cases::id.eq_any(ids.iter().map(bind).collect::<Vec<_>>()))
        .select(Case::as_select())
        .load(*c))?)
}

/// A page of cases the caller may see, in the order they were registered.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    filter: &Filter,
    after: Option<CaseId>,
    limit: i64,
) -> Result<Vec<Case>, StorageError> {
    Ok(with_conn!(tx, c => {
        let mut query = within!(
            cases::table
                .filter(cases::agency_id.eq(bind(agency)))
                .order(cases::id)
                .limit(limit)
                .select(Case::as_select())
                .into_boxed(),
            cases, scope);
        if let Some(office) = filter.office {
            query = query.filter(cases::office_id.eq(bind(office)));
        }
        if let Some(caseworker) = filter.caseworker {
            query = query.filter(cases::caseworker_id.eq(bind(caseworker)));
        }
        if let Some(client) = filter.client {
            query = query.filter(cases::client_id.eq(bind(client)));
        }
        if let Some(status) = filter.status {
            query = query.filter(cases::status.eq(bind(status)));
        }
        if let Some(after) = after {
            query = query.filter(cases::id.gt(bind(after)));
        }
        query.load(*c)
    })?)
}

/// Cases whose own deadline (report-in) has come, the earliest first.
pub fn due_for_check(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Case>, StorageError> {
    Ok(with_conn!(tx, c => cases::table
        .filter(cases::agency_id.eq(bind(agency)))
        .filter(cases::next_check_at.is_not_null())
        .filter(cases::next_check_at.le(bind(Some(now))))
        .order(cases::next_check_at)
        .limit(limit)
        .select(Case::as_select())
        .load(*c))?)
}

/// Cases whose next report-in reminder is to be planned, the earliest first.
pub fn due_for_reminder(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Case>, StorageError> {
    Ok(with_conn!(tx, c => cases::table
        .filter(cases::agency_id.eq(bind(agency)))
        .filter(cases::next_remind_at.is_not_null())
        .filter(cases::next_remind_at.le(bind(Some(now))))
        .order(cases::next_remind_at)
        .limit(limit)
        .select(Case::as_select())
        .load(*c))?)
}

/// Notes when the next report-in reminder of a case is to be planned.
pub fn set_next_reminder(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    id: CaseId,
    at: Option<DateTime<Utc>>,
) -> Result<(), StorageError> {
    with_conn!(tx, c => execute_prepared!(*c, cases, diesel::update(cases::table
            .filter(cases::agency_id.eq(bind(agency)))
            .filter(cases::id.eq(bind(id))))
        .set(cases::next_remind_at.eq(bind(at)))))?;
    Ok(())
}

/// The earliest instant at which a case needs the worker.
pub fn next_due(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Option<DateTime<Utc>>, StorageError> {
    let check: Option<Option<DateTime<Utc>>> = with_conn!(tx, c => cases::table
        .filter(cases::agency_id.eq(bind(agency)))
        .filter(cases::next_check_at.is_not_null())
        .order(cases::next_check_at)
        .select(cases::next_check_at)
        .first(*c)
        .optional())?;
    let remind: Option<Option<DateTime<Utc>>> = with_conn!(tx, c => cases::table
        .filter(cases::agency_id.eq(bind(agency)))
        .filter(cases::next_remind_at.is_not_null())
        .order(cases::next_remind_at)
        .select(cases::next_remind_at)
        .first(*c)
        .optional())?;
    Ok(check.flatten().into_iter().chain(remind.flatten()).min())
}
