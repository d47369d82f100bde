//! Excuses that somebody has to decide.

use chrono::NaiveDate;
use domain::{AppointmentId, CaseId, ClientId, ExcuseId, ExcuseStatus};

use super::{ClientName, waiting::Row};
use crate::error::StorageError;

/// An undecided excuse.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct WaitingExcuse {
    /// Its id.
    pub id: ExcuseId,
    /// The appointment it is for.
    pub appointment_id: AppointmentId,
    /// The case.
    pub case_id: CaseId,
    /// The client.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: ClientName,
    /// One of the rule pack's codes.
    pub reason_code: String,
    /// Whether evidence is still to come.
    pub status: ExcuseStatus,
    /// Last day for evidence.
    pub evidence_due_on: Option<NaiveDate>,
}

/// The first undecided excuses, as rows of [`Row`].
macro_rules! select_excuses {
    ($agency:expr, $scope:expr, $limit:expr) => {
        within!(
            excuses::table
                .inner_join(cases::table.on(cases::agency_id
                    .eq(excuses::agency_id)
                    .and(cases::id.eq(excuses::case_id))))
                .inner_join(clients::table.on(clients::agency_id
                    .eq(excuses::agency_id)
                    .and(clients::id.eq(cases::client_id))))
                .filter(excuses::agency_id.eq(bind($agency)))
                .filter(cases::agency_id.eq(bind($agency)))
                .filter(clients::agency_id.eq(bind($agency)))
                .filter(excuses::status.eq_any([
                    bind(ExcuseStatus::Requested),
                    bind(ExcuseStatus::AwaitingEvidence),
                ]))
                .order(excuses::id)
                .limit($limit)
                .select((
                    excuses::id,
                    cases::client_id.nullable(),
                    clients::name_sealed.nullable(),
                    excuses::case_id.nullable(),
                    excuses::appointment_id.nullable(),
                    absent!(EscalationId as Uid),
                    excuses::evidence_due_on,
                    excuses::reason_code.nullable(),
                    excuses::status.nullable(),
                    absent!(EscalationStatus as Word),
                    absent!(EscalationKind as Word),
                    absent!(i32 as Integer),
                    absent!(DateTime<Utc> as UtcInstant),
                    absent!(TaskKind as Word),
                ))
                .into_boxed(),
            cases,
            $scope
        )
    };
}
pub(super) use select_excuses;

impl WaitingExcuse {
    pub(super) fn of(row: Row) -> Result<Self, StorageError> {
        let client = Row::needed(row.client_id)?;
        let sealed = Row::needed(row.client_name)?;
        Ok(Self {
            id: ExcuseId::from_uuid(row.id.uuid()),
            appointment_id: Row::needed(row.appointment_id)?,
            case_id: Row::needed(row.case_id)?,
            client_id: client,
            client_name: ClientName { client, sealed },
            reason_code: Row::needed(row.reason_code)?,
            status: Row::needed(row.excuse)?,
            evidence_due_on: row.on,
        })
    }
}
