//! Reading excuses.

use casework::Work;
use domain::{ExcuseId, page::ListScope};
use storage::{
    Scope,
    excuses::{self, Excuse, Filter},
};

use crate::{
    extract::page::{self, Page},
    failure::Failure,
    services::filters::Filters,
    views::excuses::{ExcuseItem, ListExcuses},
};

/// One excuse in a case the caller may see.
pub fn get(work: &mut Work<'_, '_>, scope: Scope, id: ExcuseId) -> Result<Excuse, Failure> {
    let excuse = excuses::get(work.tx, work.agency, scope, id)?;
    excuse.ok_or_else(|| Failure::not_found("excuse"))
}

/// A page of excuses in cases the caller may see, in the order they were requested.
pub fn list(
    work: &mut Work<'_, '_>,
    scope: Scope,
    asked: &ListExcuses,
) -> Result<Page<ExcuseItem>, Failure> {
    let filters = Filters::default()
        .with("case_id", asked.case_id)
        .with("appointment_id", asked.appointment_id)
        .with("status", asked.status);
    let filters = filters.pairs();
    let list = ListScope {
        list: "list_excuses",
        filters: &filters,
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &list)?;
    let after = after.map(|cursor| ExcuseId::from_uuid(cursor.id));
    let filter = Filter {
        case: asked.case_id,
        appointment: asked.appointment_id,
        status: asked.status,
    };
    let rows = excuses::list(
        work.tx,
        work.agency,
        scope,
        &filter,
        after,
        limit.rows_to_fetch(),
    )?;
    let key = |excuse: &Excuse| (Vec::new(), excuse.id.uuid());
    Ok(Page::cut(rows, limit, &list, key, |excuse| {
        ExcuseItem::from(&excuse)
    }))
}
