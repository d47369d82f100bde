use casework::Work;
use domain::{CoverId, page::ListScope};
use storage::covers::{self, Cover};

use super::seen_by;
use crate::{
    auth::Caller,
    extract::page::{self, Page},
    failure::Failure,
    services::filters::Filters,
    views::covers::{CoverView, ListCovers},
};

/// A page of the covers the caller may see, in the order they were made.
pub fn list(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    asked: &ListCovers,
) -> Result<Page<CoverView>, Failure> {
    let standing = asked.standing.filter(|&only| only);
    let filters = Filters::default().with("standing", standing);
    let filters = filters.pairs();
    let scope = ListScope {
        list: "list_covers",
        filters: &filters,
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &scope)?;
    let after = after.map(|cursor| CoverId::from_uuid(cursor.id));
    let now = work.now;
    let rows = covers::list(
        work.tx,
        work.agency,
        seen_by(caller),
        standing.map(|_| now),
        after,
        limit.rows_to_fetch(),
    )?;
    let key = |cover: &Cover| (Vec::new(), cover.id.uuid());
    Ok(Page::cut(rows, limit, &scope, key, |cover| {
        CoverView::of(&cover, now)
    }))
}
