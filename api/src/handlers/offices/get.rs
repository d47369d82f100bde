use actix_web::{HttpResponse, get};
use domain::OfficeId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetOffice as Op,
    problem::Problem,
    services::offices,
    views::offices::OfficeView,
};

/// Show an office.
///
/// Any office of the caller's agency.
#[utoipa::path(
    tag = "Offices",
    params(("id" = OfficeId, Path, description = "The office")),
    responses((status = 200, description = "The office", body = OfficeView)),
)]
#[get("/v1/offices/{id}")]
pub async fn get_office(
    call: Call<Op, Bearer>,
    id: Path<OfficeId>,
) -> Result<HttpResponse, Problem> {
    call.read(move |work| {
        let office = offices::get(work, id.0)?;
        let version = office.version;
        Ok(Answer::ok(OfficeView::from(office)).version(version))
    })
    .await
}
