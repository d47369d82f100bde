//! Reading test records.

use casework::Work;
use domain::{CaseId, TestRecordId, page::ListScope};
use storage::{Scope, cases, test_records};

use crate::{
    extract::page::{self, Page},
    failure::Failure,
    views::test_records::{ListCaseTests, TestRecordView},
};

/// One record of a case the caller may see.
pub fn get(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: TestRecordId,
) -> Result<TestRecordView, Failure> {
    let record = test_records::get(work.tx, work.agency, scope, id)?
        .ok_or_else(|| Failure::not_found("test record"))?;
    Ok(TestRecordView::try_from(record)?)
}

/// A page of a case's records, in the order they were recorded.
pub fn of_case(
    work: &mut Work<'_, '_>,
    scope: Scope,
    case: CaseId,
    asked: &ListCaseTests,
) -> Result<Page<TestRecordView>, Failure> {
    let text = case.to_string();
    let list = ListScope {
        list: "list_case_tests",
        filters: &[("case_id", &text)],
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &list)?;
    let after = after.map(|cursor| TestRecordId::from_uuid(cursor.id));
    let seen = cases::get(work.tx, work.agency, scope, case)?;
    seen.ok_or_else(|| Failure::not_found("case"))?;
    let rows = test_records::of_case(work.tx, work.agency, case, after, limit.rows_to_fetch())?;
    let views = rows
        .into_iter()
        .map(TestRecordView::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    let key = |view: &TestRecordView| (Vec::new(), view.id.uuid());
    Ok(Page::cut(views, limit, &list, key, |view| view))
}
