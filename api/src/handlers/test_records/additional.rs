use actix_web::{HttpResponse, post};
use domain::CaseId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::RecordAdditionalTest as Op,
    problem::Problem,
    services::test_records,
    views::test_records::{RecordTest, TestRecordView},
};

/// Record a test without an appointment.
///
/// Kept as an additional test, unless an unmet appointment of the case holds `collected_at`: then it
/// completes that one, like any test.
#[utoipa::path(
    tag = "Test records",
    params(("id" = CaseId, Path, description = "The case.")),
    request_body = RecordTest,
    responses((status = 201, description = "The record", body = TestRecordView)),
)]
#[post("/v1/cases/{id}/test-records")]
pub async fn record_additional_test(
    call: Call<Op>,
    id: Path<CaseId>,
    body: Json<RecordTest>,
) -> Result<HttpResponse, Problem> {
    let (scope, id, by) = (call.scope(), id.0, call.caller.staff);
    call.write(body, move |work, asked| {
        let record = test_records::additional(work, scope, id, asked, by)?;
        let id = record.id;
        let view = TestRecordView::try_from(record)?;
        Ok(Answer::created(format!("/v1/test-records/{id}"), view).about(id))
    })
    .await
}
