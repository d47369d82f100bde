use actix_web::{HttpResponse, put};

use crate::{
    answer::Answer,
    extract::{Call, Json},
    operations::SetMyNotices as Op,
    problem::Problem,
    services::staff,
    views::staff::{NoticesView, SetMyNotices},
};

/// Choose how one is told of one's own work.
///
/// By text message, by WeCom, by e-mail, or only in the app. It holds for the next notice. Texts that
/// leave name no client and say nothing of what the office does: they ask to look into the app.
#[utoipa::path(
    tag = "Sessions",
    request_body = SetMyNotices,
    responses((status = 200, description = "From now on", body = NoticesView)),
)]
#[put("/v1/sessions/current/notices")]
pub async fn set_my_notices(
    call: Call<Op>,
    body: Json<SetMyNotices>,
) -> Result<HttpResponse, Problem> {
    let caller = call.caller.staff;
    call.write(body, move |work, asked| {
        let staff = staff::set_own(work, caller, &asked.notices)?;
        Ok(Answer::ok(NoticesView::from(&staff.notices)).about(caller))
    })
    .await
}
