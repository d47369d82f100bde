//! Listing staff members.

use casework::Work;
use domain::{StaffId, page::ListScope};
use storage::staff::{self, Staff};

use crate::{
    extract::page::{self, Page},
    failure::Failure,
    views::staff::{StaffQuery, StaffView},
};

/// A page of the agency's staff, in the order they were made.
pub fn list(work: &mut Work<'_, '_>, asked: &StaffQuery) -> Result<Page<StaffView>, Failure> {
    let office = asked.office_id.map(|id| id.to_string());
    let filters: Vec<(&str, &str)> = office.iter().map(|id| ("office_id", id.as_str())).collect();
    let scope = ListScope {
        list: "list_staff",
        filters: &filters,
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &scope)?;
    let after = after.map(|cursor| StaffId::from_uuid(cursor.id));
    let rows = staff::list(
        work.tx,
        work.agency,
        asked.office_id,
        after,
        limit.rows_to_fetch(),
    )?;
    let key = |staff: &Staff| (Vec::new(), staff.id.uuid());
    Ok(Page::cut(rows, limit, &scope, key, StaffView::from))
}
