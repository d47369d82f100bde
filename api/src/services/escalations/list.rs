//! Lists of escalations.

use casework::Work;
use domain::{EscalationId, page::ListScope};
use storage::{
    Scope,
    escalations::{self, Escalation, Filter},
};

use crate::{
    extract::page::{self, Page},
    failure::Failure,
    services::filters::Filters,
    views::escalations::{EscalationItem, ListEscalations},
};

/// A page of escalations the caller may see, in the order they were opened.
pub fn list(
    work: &mut Work<'_, '_>,
    scope: Scope,
    asked: &ListEscalations,
) -> Result<Page<EscalationItem>, Failure> {
    let filters = Filters::default()
        .with("office_id", asked.office_id)
        .with("case_id", asked.case_id)
        .with("status", asked.status)
        .with("kind", asked.kind);
    let filters = filters.pairs();
    let list = ListScope {
        list: "list_escalations",
        filters: &filters,
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &list)?;
    let after = after.map(|cursor| EscalationId::from_uuid(cursor.id));
    let filter = Filter {
        office: asked.office_id,
        case: asked.case_id,
        statuses: asked.status.into_iter().collect(),
        kind: asked.kind,
    };
    let rows = escalations::list(
        work.tx,
        work.agency,
        scope,
        &filter,
        after,
        limit.rows_to_fetch(),
    )?;
    let key = |file: &Escalation| (Vec::new(), file.id.uuid());
    Ok(Page::cut(rows, limit, &list, key, |file| {
        EscalationItem::from(&file)
    }))
}
