use actix_web::{HttpResponse, post};
use domain::AppointmentId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::RecordTest as Op,
    problem::Problem,
    services::test_records,
    views::test_records::{RecordTest, TestRecordView},
};

/// Record a test for an appointment.
///
/// A test that counts completes the oldest unmet appointment of the case whose window or grace days
/// hold `collected_at`; the answer says which one. A test that does not count (invalid kit, one
/// collector alone, no signature) is kept with its reason and completes nothing. A positive result
/// puts an escalation in front of people.
#[utoipa::path(
    tag = "Test records",
    params(("id" = AppointmentId, Path, description = "The appointment.")),
    request_body = RecordTest,
    responses((status = 201, description = "The record", body = TestRecordView)),
)]
#[post("/v1/appointments/{id}/test-records")]
pub async fn record_test(
    call: Call<Op>,
    id: Path<AppointmentId>,
    body: Json<RecordTest>,
) -> Result<HttpResponse, Problem> {
    let (scope, id, by) = (call.scope(), id.0, call.caller.staff);
    call.write(body, move |work, asked| {
        let record = test_records::for_appointment(work, scope, id, asked, by)?;
        let id = record.id;
        let view = TestRecordView::try_from(record)?;
        Ok(Answer::created(format!("/v1/test-records/{id}"), view).about(id))
    })
    .await
}
