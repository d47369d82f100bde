use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer, extract::Call, operations::GetToday as Op, problem::Problem, services::today,
    views::today::TodayView,
};

/// See what waits today.
///
/// A caseworker's own cases, a supervisor's office: what is due within 7 days, overdue, newly missed,
/// waiting or open. Each part shows its first 20 rows. Names are masked.
#[utoipa::path(
    tag = "Today",
    responses((status = 200, description = "The day", body = TodayView)),
)]
#[get("/v1/today")]
pub async fn get_today(call: Call<Op>) -> Result<HttpResponse, Problem> {
    let scope = call.scope();
    call.read(move |work| Ok(Answer::ok(today::get(work, scope)?)))
        .await
}
