//! Appointments that their clients said they know of.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, AppointmentId, ClientId};

use crate::{
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
        confirmed_at: DateTime<Utc>,
    }
}

/// Stores a confirmation; a second one of the same appointment changes nothing.
pub fn insert_once(tx: &mut Tx<'_>, confirmation: &Confirmation) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(appointment_confirmations::table)
        .values(confirmation.values())
        .on_conflict((
            appointment_confirmations::agency_id,
            appointment_confirmations::appointment_id,
        ))
        .do_nothing()
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
