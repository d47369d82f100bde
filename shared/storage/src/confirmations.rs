//! Appointments that their clients said they know of.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{AgencyId, AppointmentId, ClientId};

use crate::{
    appointments::Appointment,
    error::StorageError,
    schema::appointment_confirmations,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// A client said that they know of an appointment.
    pub struct Confirmation, ConfirmationValues in appointment_confirmations {
        agency_id: AgencyId,
        appointment_id: AppointmentId,
        client_id: ClientId,
        /// The due day they said so of: one that moved since then is not confirmed.
        due_on: NaiveDate,
        confirmed_at: DateTime<Utc>,
    }
}

impl Confirmation {
    /// Whether it is of this appointment on the day that it has now.
    pub fn is_of(&self, item: &Appointment) -> bool {
        self.appointment_id == item.id && self.due_on == item.due_on
    }
}

/// Stores a confirmation; a second one of the same appointment and day changes nothing.
pub fn put(tx: &mut Tx<'_>, confirmation: &Confirmation) -> Result<(), StorageError> {
    let added = with_conn!(tx, c => diesel::insert_into(appointment_confirmations::table)
        .values(confirmation.values())
        .on_conflict((
            appointment_confirmations::agency_id,
            appointment_confirmations::appointment_id,
        ))
        .do_nothing()
        .execute(*c))?;
    if added == 1 {
        return Ok(());
    }
    with_conn!(tx, c => diesel::update(appointment_confirmations::table
            .filter(appointment_confirmations::agency_id.eq(bind(confirmation.agency_id)))
            .filter(appointment_confirmations::appointment_id.eq(bind(confirmation.appointment_id)))
            .filter(appointment_confirmations::due_on.ne(confirmation.due_on)))
        .set((
            appointment_confirmations::due_on.eq(confirmation.due_on),
            appointment_confirmations::confirmed_at.eq(bind(confirmation.confirmed_at)),
        ))
        .execute(*c))?;
    Ok(())
}

/// The confirmations of a client, in no particular order.
pub fn of_client(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    client: ClientId,
) -> Result<Vec<Confirmation>, StorageError> {
    Ok(with_conn!(tx, c => appointment_confirmations::table
        .filter(appointment_confirmations::agency_id.eq(bind(agency)))
        .filter(appointment_confirmations::client_id.eq(bind(client)))
        .select(Confirmation::as_select())
        .load(*c))?)
}
