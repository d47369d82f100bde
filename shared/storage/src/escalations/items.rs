//! The basis of an escalation: what it rests on.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, AppointmentId, EscalationId};

use crate::{
    error::StorageError,
    schema::escalation_items,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One item of a basis. `object_id` is the id of the object `object_kind` names
    /// (`appointment`, `test_record`, `case`).
    pub struct Item, ItemValues in escalation_items {
        agency_id: AgencyId,
        escalation_id: EscalationId,
        object_id: AppointmentId,
        object_kind: String,
        joined_at: DateTime<Utc>,
        /// When it left the basis (excused, relabelled); it stays in the file.
        removed_at: Option<DateTime<Utc>>,
    }
}

/// Adds items to a basis. An item that had left it joins again.
pub fn insert_items(tx: &mut Tx<'_>, items: &[Item]) -> Result<(), StorageError> {
    for item in items {
        with_conn!(tx, c => diesel::insert_into(escalation_items::table)
            .values(item.values())
            .on_conflict((
                escalation_items::agency_id,
                escalation_items::escalation_id,
                escalation_items::object_id,
            ))
            .do_update()
            .set((
                escalation_items::joined_at.eq(bind(item.joined_at)),
                escalation_items::removed_at.eq(bind(None::<DateTime<Utc>>)),
            ))
            .execute(*c))?;
    }
    Ok(())
}

/// Takes items out of a basis; the file keeps them.
pub fn remove_items(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    escalation: EscalationId,
    objects: &[AppointmentId],
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(escalation_items::table
            .filter(escalation_items::agency_id.eq(bind(agency)))
            .filter(escalation_items::escalation_id.eq(bind(escalation)))
            .filter(escalation_items::object_id.eq_any(objects.iter().map(bind).collect::<Vec<_>>())))
        .set(escalation_items::removed_at.eq(bind(Some(now))))
        .execute(*c))?;
    Ok(())
}

/// The items of one escalation, in the order they joined.
pub fn items_of(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    escalation: EscalationId,
) -> Result<Vec<Item>, StorageError> {
    Ok(with_conn!(tx, c => escalation_items::table
        .filter(escalation_items::agency_id.eq(bind(agency)))
        .filter(escalation_items::escalation_id.eq(bind(escalation)))
        .order((escalation_items::joined_at, escalation_items::object_id))
        .select(Item::as_select())
        .load(*c))?)
}

/// The items of several escalations, in no particular order.
pub fn items_of_all(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    escalations: &[EscalationId],
) -> Result<Vec<Item>, StorageError> {
    if escalations.is_empty() {
        return Ok(Vec::new());
    }
    Ok(with_conn!(tx, c => escalation_items::table
        .filter(escalation_items::agency_id.eq(bind(agency)))
        .filter(escalation_items::escalation_id
            .eq_any(escalations.iter().map(bind).collect::<Vec<_>>()))
        .select(Item::as_select())
        .load(*c))?)
}
