use actix_web::{HttpResponse, patch};
use domain::OfficeId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::UpdateOffice as Op,
    problem::Problem,
    services::offices,
    views::offices::{OfficeView, UpdateOffice},
};

/// Change an office.
///
/// Fields that are absent stay as they are. The time zone cannot be changed: the dates of the
/// office's cases are local to it.
#[utoipa::path(
    tag = "Offices",
    params(("id" = OfficeId, Path, description = "The office")),
    request_body = UpdateOffice,
    responses((status = 200, description = "The office as it is now", body = OfficeView)),
)]
#[patch("/v1/offices/{id}")]
pub async fn update_office(
    call: Call<Op>,
    id: Path<OfficeId>,
    body: Json<UpdateOffice>,
) -> Result<HttpResponse, Problem> {
    let expected = call.expected_version()?;
    call.write(body, move |work, asked| {
        let office = offices::update(work, id.0, asked, expected)?;
        let version = office.version;
        Ok(Answer::ok(OfficeView::from(office))
            .about(id.0)
            .version(version))
    })
    .await
}
