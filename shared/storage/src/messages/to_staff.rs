//! What members of staff were told.

use chrono::{DateTime, Utc};
use diesel::{dsl::exists, prelude::*, sql_types::Nullable};
use domain::{AgencyId, MessageId};

use super::{Filter, Message, list::narrowed_to};
use crate::{
    error::StorageError,
    page::page,
    schema::{attempts, messages},
    scope::{Scope, narrowed},
    store::Tx,
    types::{UtcInstant, bind},
    with_conn,
};

/// What staff were told is about no case: it is never frozen.
const NEVER: Option<DateTime<Utc>> = None;

/// Messages to staff that the caller may see, as a boxed query: a caseworker those to themselves, and
/// to colleagues they cover for.
macro_rules! seen {
    ($agency:expr, $scope:expr) => {{
        let query = messages::table
            .filter(messages::agency_id.eq(bind($agency)))
            .filter(messages::staff_id.is_not_null())
            .select(Message::as_select())
            .into_boxed();
        narrowed!(
            query,
            messages::office_id,
            messages::staff_id,
            NEVER.into_sql::<Nullable<UtcInstant>>(),
            $scope,
            Some
        )
    }};
}

/// One message to a member of staff.
pub fn get_to_staff(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    id: MessageId,
) -> Result<Option<Message>, StorageError> {
    Ok(with_conn!(tx, c => seen!(agency, scope)
        .filter(messages::id.eq(bind(id)))
        .first(*c)
        .optional())?)
}

/// A page of messages to staff, in the order they were planned. They are about no case and no
/// appointment: what of the filter names one is not looked at.
pub fn list_to_staff(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    filter: &Filter,
    after: Option<MessageId>,
    limit: i64,
) -> Result<Vec<Message>, StorageError> {
    Ok(with_conn!(tx, c => {
        let query = narrowed_to!(seen!(agency, scope), agency, filter);
        page!(query, messages, after, limit).load(*c)
    })?)
}
