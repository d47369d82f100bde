//! Escalations under way.

use chrono::{DateTime, Utc};
use domain::{CaseId, ClientId, EscalationId, EscalationKind, EscalationStatus};

use super::{ClientName, waiting::Row};
use crate::error::StorageError;

/// An escalation under way.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct OpenEscalation {
    /// Its id.
    pub id: EscalationId,
    /// The case.
    pub case_id: CaseId,
    /// The client.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: ClientName,
    /// Why it was opened.
    pub kind: EscalationKind,
    /// Where it stands.
    pub status: EscalationStatus,
    /// How many items its basis has.
    pub count: i32,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
}

/// The first escalations under way, as rows of [`Row`].
macro_rules! select_escalations {
    ($agency:expr, $scope:expr, $limit:expr) => {
        within!(
            escalations::table
                .inner_join(
                    clients::table.on(clients::agency_id
                        .eq(escalations::agency_id)
                        .and(clients::id.eq(escalations::client_id)))
                )
                .filter(escalations::agency_id.eq(bind($agency)))
                .filter(clients::agency_id.eq(bind($agency)))
                .filter(escalations::status.eq_any([
                    bind(EscalationStatus::Open),
                    bind(EscalationStatus::InReview),
                    bind(EscalationStatus::SignedOff),
                    bind(EscalationStatus::Referred),
                ]))
                .order(escalations::id)
                .limit($limit)
                .select((
                    escalations::id,
                    escalations::client_id.nullable(),
                    clients::name_sealed.nullable(),
                    escalations::case_id.nullable(),
                    absent!(AppointmentId as Uid),
                    escalations::id.nullable(),
                    absent!(NaiveDate as Date),
                    absent!(String as Text),
                    absent!(ExcuseStatus as Word),
                    escalations::status.nullable(),
                    escalations::kind.nullable(),
                    escalations::count.nullable(),
                    escalations::opened_at.nullable(),
                    absent!(TaskKind as Word),
                ))
                .into_boxed(),
            escalations,
            $scope
        )
    };
}
pub(super) use select_escalations;

impl OpenEscalation {
    pub(super) fn of(row: Row) -> Result<Self, StorageError> {
        let client = Row::needed(row.client_id)?;
        let sealed = Row::needed(row.client_name)?;
        Ok(Self {
            id: EscalationId::from_uuid(row.id.uuid()),
            case_id: Row::needed(row.case_id)?,
            client_id: client,
            client_name: ClientName { client, sealed },
            kind: Row::needed(row.escalation_kind)?,
            status: Row::needed(row.escalation)?,
            count: Row::needed(row.count)?,
            opened_at: Row::needed(row.opened_at)?,
        })
    }
}
