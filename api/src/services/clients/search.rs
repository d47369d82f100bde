use casework::Work;
use domain::page::Limit;
use storage::Scope;

use super::list;
use crate::{
    extract::page::Page,
    failure::Failure,
    views::clients::{ClientItem, ListClientsQuery, SearchClients},
};

/// A page of the clients within the caller's reach that are looked for, as [`list`] finds them.
///
/// # Errors
/// `invalid_value`, `invalid_cursor`.
pub fn search(
    work: &mut Work<'_, '_>,
    scope: Scope,
    asked: &SearchClients,
) -> Result<Page<ClientItem>, Failure> {
    // Here it is a field and not a parameter: refused as one.
    Limit::new(asked.limit)?;
    let query = ListClientsQuery {
        q: Some(asked.q.clone()),
        office_id: asked.office_id,
        limit: asked.limit,
        cursor: asked.cursor.clone(),
    };
    list(work, scope, &query)
}
