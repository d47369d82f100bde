//! Check-ins as staff see them.

use casework::Work;
use domain::{CheckInId, ClientId, page::ListScope};
use storage::{
    Scope,
    check_ins::{self, CheckIn},
};

use crate::{
    extract::page::{self, Page, PageQuery},
    failure::Failure,
    services::clients,
    views::check_ins::CheckInView,
};

/// A page of the check-ins of a client within the caller's reach, the latest first.
///
/// # Errors
/// `not_found`, `invalid_cursor`.
pub fn list(
    work: &mut Work<'_, '_>,
    scope: Scope,
    client: ClientId,
    asked: &PageQuery,
) -> Result<Page<CheckInView>, Failure> {
    let client = clients::get(work, scope, client)?;
    let of = client.id.to_string();
    let list = ListScope {
        list: "list_check_ins",
        filters: &[("client", &of)],
    };
    let limit = page::limit(asked.limit)?;
    let before = page::after(asked.cursor.as_deref(), &list)?;
    let before = before.map(|cursor| CheckInId::from_uuid(cursor.id));
    let rows = check_ins::of_client(
        work.tx,
        work.agency,
        client.id,
        before,
        limit.rows_to_fetch(),
    )?;
    let key = |made: &CheckIn| (Vec::new(), made.id.uuid());
    Ok(Page::cut(rows, limit, &list, key, CheckInView::from))
}
