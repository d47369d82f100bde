//! Excuses: requests that an appointment not count as missed.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{dsl::count_star, prelude::*};
use domain::{AgencyId, AppointmentId, CaseId, ExcuseId, ExcuseStatus, OfficeId, StaffId};

use crate::{
    error::StorageError,
    page::page,
    schema::{cases, excuses},
    scope::{Scope, within},
    sealed::{Place, Sealer},
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    struct Row, RowValues in excuses {
        agency_id: AgencyId,
        id: ExcuseId,
        appointment_id: AppointmentId,
        case_id: CaseId,
        reason_code: String,
        note_sealed: Option<Vec<u8>>,
        status: ExcuseStatus,
        evidence_due_on: Option<NaiveDate>,
        requested_by: StaffId,
        requested_at: DateTime<Utc>,
        decided_by: Option<StaffId>,
        decided_at: Option<DateTime<Utc>>,
        decision_sealed: Option<Vec<u8>>,
        make_up_due_on: Option<NaiveDate>,
        version: i64,
        from_client: bool,
    }
}

/// A request that an appointment not count as missed.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Excuse {
    /// The tenant.
    pub agency_id: AgencyId,
    /// Its id.
    pub id: ExcuseId,
    /// The appointment it is about.
    pub appointment_id: AppointmentId,
    /// The appointment's case.
    pub case_id: CaseId,
    /// One of the rule pack's excuse codes.
    pub reason_code: String,
    /// Free text.
    pub note: Option<String>,
    /// Where it stands.
    pub status: ExcuseStatus,
    /// Last day for evidence.
    pub evidence_due_on: Option<NaiveDate>,
    /// Who entered it.
    pub requested_by: StaffId,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// Who decided.
    pub decided_by: Option<StaffId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why so.
    pub decision_reason: Option<String>,
    /// The new due date, when made up.
    pub make_up_due_on: Option<NaiveDate>,
    /// Goes up by one with every change.
    pub version: i64,
    /// Whether the client asked for it; then `requested_by` is the caseworker it goes to.
    pub from_client: bool,
}

fn seal(excuse: &Excuse, sealer: &Sealer) -> Result<Row, StorageError> {
    let place = |field| Place::new(field, excuse.id);
    Ok(Row {
        agency_id: excuse.agency_id,
        id: excuse.id,
        appointment_id: excuse.appointment_id,
        case_id: excuse.case_id,
        reason_code: excuse.reason_code.clone(),
        note_sealed: sealer.seal_opt(place("excuses.note"), excuse.note.as_deref())?,
        status: excuse.status,
        evidence_due_on: excuse.evidence_due_on,
        requested_by: excuse.requested_by,
        requested_at: excuse.requested_at,
        decided_by: excuse.decided_by,
        decided_at: excuse.decided_at,
        decision_sealed: sealer
            .seal_opt(place("excuses.decision"), excuse.decision_reason.as_deref())?,
        make_up_due_on: excuse.make_up_due_on,
        version: excuse.version,
        from_client: excuse.from_client,
    })
}

fn open(row: Row, sealer: &Sealer) -> Result<Excuse, StorageError> {
    let place = |field| Place::new(field, row.id);
    Ok(Excuse {
        note: sealer.open_opt(place("excuses.note"), row.note_sealed.as_deref())?,
        decision_reason: sealer
            .open_opt(place("excuses.decision"), row.decision_sealed.as_deref())?,
        agency_id: row.agency_id,
        id: row.id,
        appointment_id: row.appointment_id,
        case_id: row.case_id,
        reason_code: row.reason_code,
        status: row.status,
        evidence_due_on: row.evidence_due_on,
        requested_by: row.requested_by,
        requested_at: row.requested_at,
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        make_up_due_on: row.make_up_due_on,
        version: row.version,
        from_client: row.from_client,
    })
}

/// Stores a new excuse.
///
/// # Errors
/// [`StorageError::Duplicate`] when an undecided one exists for the appointment.
pub fn insert(tx: &mut Tx<'_>, excuse: &Excuse) -> Result<(), StorageError> {
    let row = seal(excuse, tx.sealer())?;
    with_conn!(tx, c => diesel::insert_into(excuses::table).values(row.values()).execute(*c))?;
    Ok(())
}

/// Replaces an excuse if its stored version is still `expected`; answers whether it was.
pub fn save(tx: &mut Tx<'_>, excuse: &Excuse, expected: i64) -> Result<bool, StorageError> {
    let row = seal(excuse, tx.sealer())?;
    let changed = with_conn!(tx, c => diesel::update(excuses::table
            .filter(excuses::agency_id.eq(bind(excuse.agency_id)))
            .filter(excuses::id.eq(bind(excuse.id)))
            .filter(excuses::version.eq(expected)))
        .set(row.values())
        .execute(*c))?;
    Ok(changed == 1)
}

/// The excuses with their cases, as a boxed query.
macro_rules! of_cases {
    ($agency:expr) => {
        excuses::table
            .inner_join(
                cases::table.on(excuses::agency_id
                    .eq(cases::agency_id)
                    .and(excuses::case_id.eq(cases::id))),
            )
            .filter(excuses::agency_id.eq(bind($agency)))
            .filter(cases::agency_id.eq(bind($agency)))
            .select(Row::as_select())
            .into_boxed()
    };
}

/// One excuse in a case the caller may see.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    id: ExcuseId,
) -> Result<Option<Excuse>, StorageError> {
    let row = with_conn!(tx, c => {
        let query = of_cases!(agency).filter(excuses::id.eq(bind(id)));
        within!(query, cases, scope).first(*c).optional()
    })?;
    row.map(|row| open(row, tx.sealer())).transpose()
}

/// The excuses of these appointments, in the order they were requested.
pub fn of_appointments(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    appointments: &[AppointmentId],
) -> Result<Vec<Excuse>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => excuses::table
        .filter(excuses::agency_id.eq(bind(agency)))
        .filter(excuses::appointment_id.eq_any(appointments.iter().map(bind).collect::<Vec<_>>()))
        .order(excuses::id)
        .select(Row::as_select())
        .load(*c))?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// What a list of excuses is narrowed to, within the caller's scope.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Excuses of this case.
    pub case: Option<CaseId>,
    /// Excuses for this appointment.
    pub appointment: Option<AppointmentId>,
    /// In this state.
    pub status: Option<ExcuseStatus>,
}

/// A page of excuses in cases the caller may see, in the order they were requested.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    filter: &Filter,
    after: Option<ExcuseId>,
    limit: i64,
) -> Result<Vec<Excuse>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => {
        let mut query = within!(of_cases!(agency), cases, scope);
        if let Some(case) = filter.case {
            query = query.filter(excuses::case_id.eq(bind(case)));
        }
        if let Some(appointment) = filter.appointment {
            query = query.filter(excuses::appointment_id.eq(bind(appointment)));
        }
        if let Some(status) = filter.status {
            query = query.filter(excuses::status.eq(bind(status)));
        }
        page!(query, excuses, after, limit).load(*c)
    })?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}

/// How many excuses wait for nothing but a decision, in the cases of these caseworkers or of these
/// offices.
pub fn count_to_decide(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    caseworkers: &[StaffId],
    offices: &[OfficeId],
) -> Result<i64, StorageError> {
    let caseworkers: Vec<_> = caseworkers.iter().map(bind).collect();
    Ok(with_conn!(tx, c => {
        let waiting = excuses::table
            .inner_join(
                cases::table.on(excuses::agency_id
                    .eq(cases::agency_id)
                    .and(excuses::case_id.eq(cases::id))),
            )
            .filter(excuses::agency_id.eq(bind(agency)))
            .filter(cases::agency_id.eq(bind(agency)))
            .filter(excuses::status.eq(bind(ExcuseStatus::Requested)))
            .select(count_star())
            .into_boxed();
        let waiting = match offices {
            [] => waiting.filter(cases::caseworker_id.eq_any(caseworkers)),
            offices => waiting.filter(
                cases::caseworker_id.eq_any(caseworkers).or(cases::office_id
                    .eq_any(offices.iter().map(bind).collect::<Vec<_>>())),
            ),
        };
        waiting.first(*c)
    })?)
}

/// The undecided excuses of these cases, in the order they were requested.
pub fn undecided(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    cases: &[CaseId],
) -> Result<Vec<Excuse>, StorageError> {
    let rows: Vec<Row> = with_conn!(tx, c => excuses::table
        .filter(excuses::agency_id.eq(bind(agency)))
        .filter(excuses::case_id.eq_any(cases.iter().map(bind).collect::<Vec<_>>()))
        .filter(excuses::status.eq_any([
            bind(ExcuseStatus::Requested),
            bind(ExcuseStatus::AwaitingEvidence),
        ]))
        .order(excuses::id)
        .select(Row::as_select())
        .load(*c))?;
    rows.into_iter().map(|row| open(row, tx.sealer())).collect()
}
