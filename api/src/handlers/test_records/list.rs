use actix_web::{HttpResponse, get};
use domain::CaseId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path, Query, page::Page},
    operations::ListCaseTests as Op,
    problem::Problem,
    services::test_records,
    views::test_records::{ListCaseTests, TestRecordView},
};

/// List the tests of a case.
///
/// In the order they were recorded. A read of the client's file: it leaves an entry in the audit
/// trail.
#[utoipa::path(
    tag = "Test records",
    params(("id" = CaseId, Path, description = "The case."), ListCaseTests),
    responses((status = 200, description = "A page of records", body = Page<TestRecordView>)),
)]
#[get("/v1/cases/{id}/test-records")]
pub async fn list_case_tests(
    call: Call<Op, Bearer>,
    id: Path<CaseId>,
    query: Query<ListCaseTests>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (call.scope(), id.0);
    call.read(move |work| {
        Ok(Answer::page(test_records::of_case(work, scope, id, &query.0)?).about(id))
    })
    .await
}
