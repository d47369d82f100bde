use actix_web::{HttpResponse, get};
use domain::ExcuseId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetExcuse as Op,
    problem::Problem,
    services::excuses,
    views::excuses::ExcuseView,
};

/// Read an excuse with its free text.
///
/// A read of the client's file: it leaves an entry in the audit trail.
#[utoipa::path(
    tag = "Excuses",
    params(("id" = ExcuseId, Path, description = "The excuse.")),
    responses((status = 200, description = "The excuse", body = ExcuseView)),
)]
#[get("/v1/excuses/{id}")]
pub async fn get_excuse(
    call: Call<Op, Bearer>,
    id: Path<ExcuseId>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (call.scope(), id.0);
    call.read(move |work| {
        let excuse = excuses::get(work, scope, id)?;
        let version = excuse.version;
        Ok(Answer::ok(ExcuseView::from(excuse))
            .about(id)
            .version(version))
    })
    .await
}
