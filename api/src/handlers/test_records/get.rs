use actix_web::{HttpResponse, get};
use domain::TestRecordId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetTestRecord as Op,
    problem::Problem,
    services::test_records,
    views::test_records::TestRecordView,
};

/// Read a test record.
///
/// A read of the client's file: it leaves an entry in the audit trail.
#[utoipa::path(
    tag = "Test records",
    params(("id" = TestRecordId, Path, description = "The test record.")),
    responses((status = 200, description = "The record", body = TestRecordView)),
)]
#[get("/v1/test-records/{id}")]
pub async fn get_test_record(
    call: Call<Op, Bearer>,
    id: Path<TestRecordId>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (call.scope(), id.0);
    call.read(move |work| Ok(Answer::ok(test_records::get(work, scope, id)?).about(id)))
        .await
}
