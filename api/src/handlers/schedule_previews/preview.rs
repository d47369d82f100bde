use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Json},
    operations::PreviewSchedule as Op,
    problem::Problem,
    services::schedule_previews,
    views::schedule_previews::{PreviewSchedule, SchedulePreview},
};

/// Preview a schedule.
///
/// Every date that a case would have, each with its reason. Nothing is stored.
#[utoipa::path(
    tag = "Cases",
    request_body = PreviewSchedule,
    responses((status = 200, description = "The schedule", body = SchedulePreview)),
)]
#[post("/v1/schedule-previews")]
pub async fn preview_schedule(
    call: Call<Op, Bearer>,
    body: Json<PreviewSchedule>,
) -> Result<HttpResponse, Problem> {
    let office = call.caller.office();
    call.read(move |work| {
        Ok(Answer::ok(schedule_previews::preview(
            work,
            office,
            &body.value,
        )?))
    })
    .await
}
