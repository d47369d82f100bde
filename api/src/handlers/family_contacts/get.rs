use actix_web::{HttpResponse, get};
use domain::FamilyContactId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetFamilyContact as Op,
    problem::Problem,
    services::family_contacts,
    views::family_contacts::FamilyContactView,
};

/// Get a family contact.
///
/// With name and number in full, for those who may phone. Each reading is in the audit trail.
#[utoipa::path(
    tag = "Consents",
    params(("id" = FamilyContactId, Path, description = "The contact.")),
    responses((status = 200, description = "The contact", body = FamilyContactView)),
)]
#[get("/v1/family-contacts/{id}")]
pub async fn get_family_contact(
    call: Call<Op, Bearer>,
    id: Path<FamilyContactId>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (call.scope(), id.0);
    call.read(move |work| {
        let contact = family_contacts::get(work, scope, id)?;
        let version = contact.version;
        Ok(Answer::ok(FamilyContactView::from(contact))
            .about(id)
            .version(version))
    })
    .await
}
