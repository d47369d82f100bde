//! The agency's integrators.

use std::collections::HashMap;

use casework::Work;
use domain::{
    IntegratorId,
    page::{Limit, ListScope},
};
use storage::integrators::{self, Integrator};

use crate::{
    extract::page::{self, Page, PageQuery},
    failure::Failure,
    views::integrators::IntegratorView,
};

const LIST: ListScope<'static> = ListScope {
    list: "list_integrators",
    filters: &[],
};

/// A page of the agency's, in the order they were given access, with those without any more.
pub fn list(work: &mut Work<'_, '_>, asked: &PageQuery) -> Result<Page<IntegratorView>, Failure> {
    let limit: Limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &LIST)?;
    let after = after.map(|cursor| IntegratorId::from_uuid(cursor.id));
    let rows = integrators::list(work.tx, work.agency, after, limit.rows_to_fetch())?;
    let ids: Vec<IntegratorId> = rows.iter().map(|row| row.id).collect();
    let secrets = integrators::good_of(work.tx, work.agency, &ids)?;
    let secrets: HashMap<_, _> = secrets
        .into_iter()
        .map(|secret| (secret.integrator_id, secret))
        .collect();
    let views = rows
        .into_iter()
        .map(|row: Integrator| {
            let secret = secrets.get(&row.id);
            super::view(row, secret)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let key = |view: &IntegratorView| (Vec::new(), view.id.uuid());
    Ok(Page::cut(views, limit, &LIST, key, |view| view))
}
