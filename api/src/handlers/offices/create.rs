use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    extract::{Call, Json},
    operations::CreateOffice as Op,
    problem::Problem,
    services::offices,
    views::offices::{CreateOffice, OfficeView},
};

/// Open an office.
///
/// The agency is the caller's own. The signature stands before every message of the office, so it is
/// checked like a message: it must not tell what the office does.
#[utoipa::path(
    tag = "Offices",
    request_body = CreateOffice,
    responses((status = 201, description = "The office", body = OfficeView)),
)]
#[post("/v1/offices")]
pub async fn create_office(
    call: Call<Op>,
    body: Json<CreateOffice>,
) -> Result<HttpResponse, Problem> {
    call.write(body, |work, asked| {
        let office = offices::create(work, asked)?;
        let (id, version) = (office.id, office.version);
        let view = OfficeView::from(office);
        Ok(Answer::created(format!("/v1/offices/{id}"), view)
            .about(id)
            .version(version))
    })
    .await
}
