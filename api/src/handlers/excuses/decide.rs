use actix_web::{HttpResponse, post};
use domain::ExcuseId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::DecideExcuse as Op,
    problem::Problem,
    services::excuses,
    views::excuses::{DecideExcuse, ExcuseView},
};

/// Decide an excuse.
///
/// `accept` takes the appointment out of the count of misses at once, also long after the miss, and
/// judges an open escalation again; `make_up` does so with a new day, which gets an appointment of
/// its own; `reject` changes nothing.
#[utoipa::path(
    tag = "Excuses",
    params(("id" = ExcuseId, Path, description = "The excuse.")),
    request_body = DecideExcuse,
    responses((status = 200, description = "The excuse", body = ExcuseView)),
)]
#[post("/v1/excuses/{id}/decision")]
pub async fn decide_excuse(
    call: Call<Op>,
    id: Path<ExcuseId>,
    body: Json<DecideExcuse>,
) -> Result<HttpResponse, Problem> {
    let (scope, id, by) = (call.scope(), id.0, call.caller.staff);
    let expected = call.expected_version()?;
    call.write(body, move |work, asked| {
        let excuse = excuses::decide(work, scope, id, expected, asked, by)?;
        let version = excuse.version;
        Ok(Answer::ok(ExcuseView::from(excuse))
            .about(id)
            .version(version))
    })
    .await
}
