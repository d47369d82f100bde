//! Escalations: files opened when a threshold is reached, decided by people.

mod items;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    AgencyId, CaseId, ClientId, EscalationId, EscalationKind, EscalationStatus, OfficeId, StaffId,
};

pub use self::items::{Item, insert_items, items_of, items_of_all, remove_items};
use crate::{
    error::StorageError,
    page::page,
    schema::escalations,
    scope::{Scope, within},
    sealed::{Place, Sealer},
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    struct Row, RowValues in escalations {
        agency_id: AgencyId,
        id: EscalationId,
        case_id: CaseId,
        client_id: ClientId,
        office_id: OfficeId,
        caseworker_id: StaffId,
        kind: EscalationKind,
        status: EscalationStatus,
        count: i32,
        threshold: i32,
        opened_at: DateTime<Utc>,
        statement_sealed: Option<Vec<u8>>,
        submitted_by: Option<StaffId>,
        submitted_at: Option<DateTime<Utc>>,
        signed_off_by: Option<StaffId>,
        signed_off_at: Option<DateTime<Utc>>,
        referred_by: Option<StaffId>,
        referred_at: Option<DateTime<Utc>>,
        referral_sealed: Option<Vec<u8>>,
        outcome_sealed: Option<Vec<u8>>,
        closed_at: Option<DateTime<Utc>>,
        closed_reason_sealed: Option<Vec<u8>>,
        next_alert_at: Option<DateTime<Utc>>,
        version: i64,
    }
}

/// A file opened when a threshold is reached.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Escalation {
    /// The tenant.
    pub agency_id: AgencyId,
    /// Its id.
    pub id: EscalationId,
    /// The case.
    pub case_id: CaseId,
    /// The client.
    pub client_id: ClientId,
    /// The office that decides.
    pub office_id: OfficeId,
    /// The caseworker who reviews.
    pub caseworker_id: StaffId,
    /// Why it was opened.
    pub kind: EscalationKind,
    /// Where it stands.
    pub status: EscalationStatus,
    /// How many items its basis has.
    pub count: i32,
    /// The number at which it opens.
    pub threshold: i32,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// The client's own words (陈述申辩).
    pub statement: Option<String>,
    /// Who submitted the review.
    pub submitted_by: Option<StaffId>,
    /// When.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Who signed off.
    pub signed_off_by: Option<StaffId>,
    /// When.
    pub signed_off_at: Option<DateTime<Utc>>,
    /// Who handed it over.
    pub referred_by: Option<StaffId>,
    /// When.
    pub referred_at: Option<DateTime<Utc>>,
    /// The hand-over receipt, a JSON text.
    pub referral: Option<String>,
    /// The police outcome, a JSON text.
    pub outcome: Option<String>,
    /// When it was closed, dismissed or withdrawn.
    pub closed_at: Option<DateTime<Utc>>,
    /// Why.
    pub closed_reason: Option<String>,
    /// When staff are reminded of it next; none = never.
    pub next_alert_at: Option<DateTime<Utc>>,
    /// Goes up by one with every change.
    pub version: i64,
}

fn seal(it: &Escalation, sealer: &Sealer) -> Result<Row, StorageError> {
    let seal =
        |field, text: &Option<String>| sealer.seal_opt(Place::new(field, it.id), text.as_deref());
    Ok(Row {
        agency_id: it.agency_id,
        id: it.id,
        case_id: it.case_id,
        client_id: it.client_id,
        office_id: it.office_id,
        caseworker_id: it.caseworker_id,
        kind: it.kind,
        status: it.status,
        count: it.count,
        threshold: it.threshold,
        opened_at: it.opened_at,
        statement_sealed: seal("escalations.statement", &it.statement)?,
        submitted_by: it.submitted_by,
        submitted_at: it.submitted_at,
        signed_off_by: it.signed_off_by,
        signed_off_at: it.signed_off_at,
        referred_by: it.referred_by,
        referred_at: it.referred_at,
        referral_sealed: seal("escalations.referral", &it.referral)?,
        outcome_sealed: seal("escalations.outcome", &it.outcome)?,
        closed_at: it.closed_at,
        closed_reason_sealed: seal("escalations.closed_reason", &it.closed_reason)?,
        next_alert_at: it.next_alert_at,
        version: it.version,
    })
}

fn open(row: Row, sealer: &Sealer) -> Result<Escalation, StorageError> {
    let open = |field, sealed: &Option<Vec<u8>>| {
        sealer.open_opt(Place::new(field, row.id), sealed.as_deref())
    };
    Ok(Escalation {
        statement: open("escalations.statement", &row.statement_sealed)?,
        referral: open("escalations.referral", &row.referral_sealed)?,
        outcome: open("escalations.outcome", &row.outcome_sealed)?,
        closed_reason: open("escalations.closed_reason", &row.closed_reason_sealed)?,
        agency_id: row.agency_id,
        id: row.id,
        case_id: row.case_id,
        client_id: row.client_id,
        office_id: row.office_id,
        caseworker_id: row.caseworker_id,
        kind: row.kind,
        status: row.status,
        count: row.count,
        threshold: row.threshold,
        opened_at: row.opened_at,
        submitted_by: row.submitted_by,
        submitted_at: row.submitted_at,
        signed_off_by: row.signed_off_by,
        signed_off_at: row.signed_off_at,
        referred_by: row.referred_by,
        referred_at: row.referred_at,
        closed_at: row.closed_at,
        next_alert_at: row.next_alert_at,
        version: row.version,
    })
}

/// What a list of escalations is narrowed to, within the caller's scope.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Escalations of this office.
    pub office: Option<OfficeId>,
    /// Escalations of this case.
    pub case: Option<CaseId>,
    /// In one of these states; empty = all.
    pub statuses: Vec<EscalationStatus>,
    /// Of this kind.
    pub kind: Option<EscalationKind>,
}

/// Stores a new escalation.
///
/// # Errors
/// [`StorageError::Duplicate`] when the case has an unfinished one of this kind.
pub fn insert(tx: &mut Tx<'_>, escalation: &Escalation) -> Result<(), StorageError> {
    let row = seal(escalation, tx.sealer())?;
    with_conn!(tx, c => diesel::insert_into(escalations::table).values(row.values()).execute(*c))?;
    Ok(())
}

/// Replaces an escalation if its stored version is still `expected`; answers whether it was.
pub fn save(tx: &mut Tx<'_>, it: &Escalation, expected: i64) -> Result<bool, StorageError> {
    let row = seal(it, tx.sealer())?;
    let changed = with_conn!(tx, c => diesel::update(escalations::table
            .filter(escalations::agency_id.eq(bind(it.agency_id)))
            .filter(escalations::id.eq(bind(it.id)))
            .filter(escalations::version.eq(expected)))
        .set(row.values())
        .execute(*c))?;
    Ok(changed == 1)
}

/// One escalation the caller may see.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    id: EscalationId,
) -> Result<Option<Escalation>, StorageError> {
    let row = with_conn!(tx, c => within!(
        escalations::table
            .filter(escalations::agency_id.eq(bind(agency)))
            .filter(escalations::id.eq(bind(id)))
            .select(Row::as_select())
            .into_boxed(),
        escalations, scope)
    .first(*c)
    .optional())?;
    row.map(|row| open(row, tx.sealer())).transpose()
}

/// All escalations of a case of one kind, in the order they were opened.
pub fn of_case(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    case: CaseId,
    kind: EscalationKind,
) -> Result<Vec<Escalation>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => escalations::table
        .filter(escalations::agency_id.eq(bind(agency)))
        .filter(escalations::case_id.eq(bind(case)))
        .filter(escalations::kind.eq(bind(kind)))
        .order(escalations::id)
        .select(Row::as_select())
        .load(*c))?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// A page of escalations the caller may see, in the order they were opened.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    filter: &Filter,
    after: Option<EscalationId>,
    limit: i64,
) -> Result<Vec<Escalation>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => {
        let mut query = within!(
            escalations::table
                .filter(escalations::agency_id.eq(bind(agency)))
                .select(Row::as_select())
                .into_boxed(),
            escalations, scope);
        if let Some(office) = filter.office {
            query = query.filter(escalations::office_id.eq(bind(office)));
        }
        if let Some(case) = filter.case {
            query = query.filter(escalations::case_id.eq(bind(case)));
        }
        if !filter.statuses.is_empty() {
            query = query.filter(
                escalations::status.eq_any(filter.statuses.iter().map(bind).collect::<Vec<_>>()),
            );
        }
        if let Some(kind) = filter.kind {
            query = query.filter(escalations::kind.eq(bind(kind)));
        }
        page!(query, escalations, after, limit).load(*c)
    })?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// Escalations of which staff are to be reminded, the earliest first.
pub fn due_for_alert(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Escalation>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => escalations::table
        .filter(escalations::agency_id.eq(bind(agency)))
        .filter(escalations::next_alert_at.is_not_null())
        .filter(escalations::next_alert_at.le(bind(Some(now))))
        .order(escalations::next_alert_at)
        .limit(limit)
        .select(Row::as_select())
        .load(*c))?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// The earliest instant at which an escalation needs the worker.
pub fn next_due(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Option<DateTime<Utc>>, StorageError> {
    let next: Option<Option<DateTime<Utc>>> = with_conn!(tx, c => escalations::table
        .filter(escalations::agency_id.eq(bind(agency)))
        .filter(escalations::next_alert_at.is_not_null())
        .order(escalations::next_alert_at)
        .select(escalations::next_alert_at)
        .first(*c)
        .optional())?;
    Ok(next.flatten())
}
