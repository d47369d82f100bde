use casework::Work;
use domain::{CaseId, TransitionId, page::ListScope};
use storage::{
    AnyId, Scope,
    transitions::{self, Transition},
};

use super::get;
use crate::{
    extract::page::{self, Page, PageQuery},
    failure::Failure,
    views::cases::TransitionView,
};

/// A page of the steps in the life of a case within the caller's reach, oldest first.
pub fn transitions(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: CaseId,
    asked: &PageQuery,
) -> Result<Page<TransitionView>, Failure> {
    let case = id.to_string();
    let filters = [("case_id", case.as_str())];
    let list = ListScope {
        list: "list_case_transitions",
        filters: &filters,
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &list)?;
    let after = after.map(|cursor| TransitionId::from_uuid(cursor.id));
    get(work, scope, id)?;
    let object = AnyId::from_uuid(id.uuid());
    let rows = transitions::list(work.tx, work.agency, object, after, limit.rows_to_fetch())?;
    let key = |step: &Transition| (Vec::new(), step.id.uuid());
    Ok(Page::cut(rows, limit, &list, key, TransitionView::from))
}
