use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer, auth::Bearer, extract::Call, operations::ListCalendars as Op, problem::Problem,
    services::calendars, views::calendars::CalendarList,
};

/// List the calendar's years.
///
/// Every year whose notice is known, from the product or loaded by the agency. One entry a year, so
/// there are no pages.
#[utoipa::path(
    tag = "Rules",
    responses((status = 200, description = "The years", body = CalendarList)),
)]
#[get("/v1/calendars")]
pub async fn list_calendars(call: Call<Op, Bearer>) -> Result<HttpResponse, Problem> {
    call.read(move |work| Ok(Answer::ok(calendars::list(work)?)))
        .await
}
