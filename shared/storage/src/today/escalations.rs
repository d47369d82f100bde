//! Escalations under way.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, CaseId, ClientId, EscalationId, EscalationKind, EscalationStatus};

use super::name_of;
use crate::{
    error::StorageError,
    schema::{clients, escalations},
    scope::{Scope, within},
    store::Tx,
    types::bind,
    with_conn,
};

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
    /// The client's full name: mask it in lists.
    pub client_name: String,
    /// Why it was opened.
    pub kind: EscalationKind,
    /// Where it stands.
    pub status: EscalationStatus,
    /// How many items its basis has.
    pub count: i32,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
}

type EscalationColumns = (
    EscalationId,
    CaseId,
    ClientId,
    Vec<u8>,
    EscalationKind,
    EscalationStatus,
    i32,
    DateTime<Utc>,
);

/// Escalations under way, in the order they were opened.
pub fn escalations(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    limit: i64,
) -> Result<Vec<OpenEscalation>, StorageError> {
    let rows: Vec<EscalationColumns> = with_conn!(tx, c => within!(
        escalations::table
            .inner_join(clients::table.on(clients::agency_id
                .eq(escalations::agency_id)
                .and(clients::id.eq(escalations::client_id))))
            .filter(escalations::agency_id.eq(bind(agency)))
            .filter(clients::agency_id.eq(bind(agency)))
            .filter(escalations::status.eq_any([
                bind(EscalationStatus::Open),
                bind(EscalationStatus::InReview),
                bind(EscalationStatus::SignedOff),
                bind(EscalationStatus::Referred),
            ]))
            .order(escalations::id)
            .limit(limit)
            .select((
                escalations::id,
                escalations::case_id,
                escalations::client_id,
                clients::name_sealed,
                escalations::kind,
                escalations::status,
                escalations::count,
                escalations::opened_at,
            ))
            .into_boxed(),
        escalations, scope)
    .load(*c))?;
    let sealer = tx.sealer();
    rows.into_iter()
        .map(
            |(id, case_id, client_id, name, kind, status, count, opened_at)| {
                let client_name = name_of(sealer, client_id, &name)?;
                Ok(OpenEscalation {
                    id,
                    case_id,
                    client_id,
                    client_name,
                    kind,
                    status,
                    count,
                    opened_at,
                })
            },
        )
        .collect()
}
