use casework::Work;
use domain::{SendingPauseId, page::ListScope};
use storage::sending_pauses::{self, SendingPause};

use super::seen_by;
use crate::{
    auth::Caller,
    extract::page::{self, Page},
    failure::Failure,
    services::filters::Filters,
    views::sending_pauses::{ListSendingPauses, SendingPauseView},
};

/// A page of the pauses the caller may see, in the order they were made.
pub fn list(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    asked: &ListSendingPauses,
) -> Result<Page<SendingPauseView>, Failure> {
    let standing = asked.standing.filter(|&only| only);
    let filters = Filters::default().with("standing", standing);
    let filters = filters.pairs();
    let scope = ListScope {
        list: "list_sending_pauses",
        filters: &filters,
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &scope)?;
    let after = after.map(|cursor| SendingPauseId::from_uuid(cursor.id));
    let rows = match seen_by(caller) {
        None => Vec::new(),
        Some(seen) => sending_pauses::list(
            work.tx,
            work.agency,
            seen,
            standing.is_some(),
            after,
            limit.rows_to_fetch(),
        )?,
    };
    let key = |pause: &SendingPause| (Vec::new(), pause.id.uuid());
    Ok(Page::cut(rows, limit, &scope, key, SendingPauseView::from))
}
