use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetCalendar as Op,
    problem::Problem,
    services::calendars,
    views::calendars::CalendarView,
};

/// Show a year of the calendar.
///
/// A year without a notice is not there: its dates are provisional.
#[utoipa::path(
    tag = "Rules",
    params(("year" = i32, Path, description = "The year", example = 2026)),
    responses((status = 200, description = "The year", body = CalendarView)),
)]
#[get("/v1/calendars/{year}")]
pub async fn get_calendar(
    call: Call<Op, Bearer>,
    year: Path<i32>,
) -> Result<HttpResponse, Problem> {
    call.read(move |work| Ok(Answer::ok(calendars::get(work, year.0)?)))
        .await
}
