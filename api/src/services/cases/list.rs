use casework::Work;
use domain::{CaseId, CaseStatus, page::ListScope};
use storage::{
    Scope,
    cases::{self, Case, Filter},
};

use crate::{
    extract::page::{self, Page},
    failure::Failure,
    views::cases::{CaseItem, ListCasesQuery},
};

/// A page of the cases within the caller's reach, in the order they were registered.
pub fn list(
    work: &mut Work<'_, '_>,
    scope: Scope,
    asked: &ListCasesQuery,
) -> Result<Page<CaseItem>, Failure> {
    let office = asked.office_id.map(|id| id.to_string());
    let caseworker = asked.caseworker_id.map(|id| id.to_string());
    let client = asked.client_id.map(|id| id.to_string());
    let filters: Vec<(&str, &str)> = [
        ("office_id", office.as_deref()),
        ("caseworker_id", caseworker.as_deref()),
        ("client_id", client.as_deref()),
        ("status", asked.status.map(CaseStatus::as_str)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect();
    let list = ListScope {
        list: "list_cases",
        filters: &filters,
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &list)?;
    let filter = Filter {
        office: asked.office_id,
        caseworker: asked.caseworker_id,
        client: asked.client_id,
        status: asked.status,
    };
    let after = after.map(|cursor| CaseId::from_uuid(cursor.id));
    let rows = cases::list(
        work.tx,
        work.agency,
        scope,
        &filter,
        after,
        limit.rows_to_fetch(),
    )?;
    let key = |case: &Case| (Vec::new(), case.id.uuid());
    Ok(Page::cut(rows, limit, &list, key, CaseItem::from))
}
