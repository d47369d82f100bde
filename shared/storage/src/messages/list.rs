//! Pages of messages.

use chrono::{DateTime, Utc};
use diesel::{dsl::exists, prelude::*};
use domain::{AgencyId, AppointmentId, CaseId, MessageId, MessageStatus, OfficeId};

use super::Message;
use crate::{
    error::StorageError,
    page::page,
    schema::{attempts, cases, messages},
    scope::{Scope, narrowed, within},
    store::Tx,
    types::bind,
    with_conn,
};

/// What a list of messages is narrowed to, within the caller's scope.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Messages about this case.
    pub case: Option<CaseId>,
    /// Messages about this appointment.
    pub appointment: Option<AppointmentId>,
    /// In one of these states; none given: in any.
    pub statuses: Vec<MessageStatus>,
    /// Of this office.
    pub office: Option<OfficeId>,
    /// Handed to a gateway of this name, or tried to.
    pub gateway: Option<String>,
    /// Planned for this instant or later.
    pub planned_from: Option<DateTime<Utc>>,
    /// Planned for before this instant.
    pub planned_before: Option<DateTime<Utc>>,
}

/// Narrows a boxed query on messages to what of a [`Filter`] is about no case.
macro_rules! narrowed_to {
    ($query:expr, $agency:expr, $filter:expr) => {{
        let (mut query, filter) = ($query, $filter);
        if let [status] = *filter.statuses {
            query = query.filter(messages::status.eq(bind(status)));
        } else if !filter.statuses.is_empty() {
            let any = filter.statuses.iter().map(bind).collect::<Vec<_>>();
            query = query.filter(messages::status.eq_any(any));
        }
        if let Some(office) = filter.office {
            query = query.filter(messages::office_id.eq(bind(office)));
        }
        if let Some(from) = filter.planned_from {
            query = query.filter(messages::planned_for.ge(bind(from)));
        }
        if let Some(before) = filter.planned_before {
            query = query.filter(messages::planned_for.lt(bind(before)));
        }
        if let Some(gateway) = &filter.gateway {
            query = query.filter(exists(
                attempts::table
                    .filter(attempts::agency_id.eq(bind($agency)))
                    .filter(attempts::message_id.eq(messages::id))
                    .filter(attempts::gateway.eq(gateway))
                    .select(attempts::id),
            ));
        }
        query
    }};
}
pub(super) use narrowed_to;

/// The messages about cases with these, as a boxed query.
macro_rules! of_cases {
    ($agency:expr) => {
        messages::table
            .inner_join(
                cases::table.on(messages::agency_id
                    .eq(cases::agency_id)
                    .and(messages::case_id.eq(cases::id.nullable()))),
            )
            .filter(messages::agency_id.eq(bind($agency)))
            .filter(cases::agency_id.eq(bind($agency)))
            .select(Message::as_select())
            .into_boxed()
    };
}

/// One message about a case the caller may see.
pub fn get_seen(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    id: MessageId,
) -> Result<Option<Message>, StorageError> {
    Ok(with_conn!(tx, c => {
        let query = of_cases!(agency).filter(messages::id.eq(bind(id)));
        within!(query, cases, scope).first(*c).optional()
    })?)
}

/// A page of messages about cases the caller may see, in the order they were planned.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    filter: &Filter,
    after: Option<MessageId>,
    limit: i64,
) -> Result<Vec<Message>, StorageError> {
    Ok(with_conn!(tx, c => {
        let query = of_cases!(agency);
        let mut query = narrowed!(
            query, messages::office_id, cases::caseworker_id, cases::frozen_from, scope);
        if let Some(case) = filter.case {
            query = query.filter(messages::case_id.eq(bind(Some(case))));
        }
        if let Some(appointment) = filter.appointment {
            query = query.filter(messages::appointment_id.eq(bind(Some(appointment))));
        }
        query = narrowed_to!(query, agency, filter);
        page!(query, messages, after, limit).load(*c)
    })?)
}

/// All messages about these appointments, in the order they were planned.
pub fn of_appointments(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    appointments: &[AppointmentId],
) -> Result<Vec<Message>, StorageError> {
    let wanted: Vec<_> = appointments.iter().map(|id| bind(Some(*id))).collect();
    Ok(with_conn!(tx, c => messages::table
        .filter(messages::agency_id.eq(bind(agency)))
        .filter(messages::appointment_id.eq_any(wanted))
        .order(messages::id)
        .select(Message::as_select())
        .load(*c))?)
}
