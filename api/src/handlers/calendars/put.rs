use actix_web::{HttpResponse, put};
use domain::calendar::HolidayYear;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path, Query},
    operations::PutCalendar as Op,
    problem::Problem,
    services::calendars,
    views::calendars::{CalendarLoaded, PutCalendarQuery},
};

/// Load a year of the calendar.
///
/// Takes the State Council's notice for a year as data and re-plans the future dates that nobody was
/// told of yet. Ask with `dry_run=true` first: it answers what would move and stores nothing.
#[utoipa::path(
    tag = "Rules",
    params(("year" = i32, Path, description = "The year", example = 2027), PutCalendarQuery),
    request_body = HolidayYear,
    responses((status = 200, description = "The year and what moved", body = CalendarLoaded)),
)]
#[put("/v1/calendars/{year}")]
pub async fn put_calendar(
    call: Call<Op>,
    year: Path<i32>,
    query: Query<PutCalendarQuery>,
    body: Json<HolidayYear>,
) -> Result<HttpResponse, Problem> {
    let year = year.0;
    if query.0.dry_run {
        // Nothing is stored, so nothing goes into the trail either.
        let asked = body.value;
        return call
            .read(move |work| Ok(Answer::ok(calendars::load(work, year, &asked, true)?)))
            .await;
    }
    call.write(body, move |work, asked| {
        Ok(Answer::ok(calendars::load(work, year, asked, false)?).about(year))
    })
    .await
}
