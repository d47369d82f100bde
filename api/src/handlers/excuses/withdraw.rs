use actix_web::{HttpResponse, post};
use domain::ExcuseId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::WithdrawExcuse as Op,
    problem::Problem,
    services::excuses,
    views::excuses::{ExcuseView, WithdrawExcuse},
};

/// Take an undecided excuse back.
///
/// Another one may be requested afterwards.
#[utoipa::path(
    tag = "Excuses",
    params(("id" = ExcuseId, Path, description = "The excuse.")),
    request_body = WithdrawExcuse,
    responses((status = 200, description = "The excuse", body = ExcuseView)),
)]
#[post("/v1/excuses/{id}/withdrawal")]
pub async fn withdraw_excuse(
    call: Call<Op>,
    id: Path<ExcuseId>,
    body: Json<WithdrawExcuse>,
) -> Result<HttpResponse, Problem> {
    let (scope, id, by) = (call.scope(), id.0, call.caller.staff);
    let expected = call.expected_version()?;
    call.write(body, move |work, asked| {
        let excuse = excuses::withdraw(work, scope, id, expected, asked, by)?;
        let version = excuse.version;
        Ok(Answer::ok(ExcuseView::from(excuse))
            .about(id)
            .version(version))
    })
    .await
}
