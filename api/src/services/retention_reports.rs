//! Reading what the rules of retention did.

use casework::Work;
use domain::{RetentionReportId, page::ListScope};
use storage::retention_reports::{self, RetentionReport};

use crate::{
    extract::page::{self, Page, PageQuery},
    failure::Failure,
    views::retention_reports::RetentionReportView,
};

/// A page of the agency's reports, newest first.
pub fn list(
    work: &mut Work<'_, '_>,
    asked: &PageQuery,
) -> Result<Page<RetentionReportView>, Failure> {
    let list = ListScope {
        list: "list_retention_reports",
        filters: &[],
    };
    let limit = page::limit(asked.limit)?;
    let before = page::after(asked.cursor.as_deref(), &list)?;
    let before = before.map(|cursor| RetentionReportId::from_uuid(cursor.id));
    let rows = retention_reports::list(work.tx, work.agency, before, limit.rows_to_fetch())?;
    let key = |report: &RetentionReport| (Vec::new(), report.id.uuid());
    Ok(Page::cut(
        rows,
        limit,
        &list,
        key,
        RetentionReportView::from,
    ))
}
