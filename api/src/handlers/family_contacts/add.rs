use actix_web::{HttpResponse, post};
use domain::ClientId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::AddFamilyContact as Op,
    problem::Problem,
    services::family_contacts,
    views::family_contacts::{AddFamilyContact, FamilyContactView},
};

/// Add a family contact.
///
/// Needs the client's consent for family contacts. Nothing is sent to a contact: staff read who may
/// be told what, and until when.
#[utoipa::path(
    tag = "Consents",
    params(("id" = ClientId, Path, description = "The client.")),
    request_body = AddFamilyContact,
    responses((status = 201, description = "The contact", body = FamilyContactView)),
)]
#[post("/v1/clients/{id}/family-contacts")]
pub async fn add_family_contact(
    call: Call<Op>,
    id: Path<ClientId>,
    body: Json<AddFamilyContact>,
) -> Result<HttpResponse, Problem> {
    let (scope, client, by) = (call.scope(), id.0, call.caller.staff);
    call.write(body, move |work, asked| {
        let contact = family_contacts::add(work, scope, client, asked, by)?;
        let (id, version) = (contact.id, contact.version);
        let location = format!("/v1/family-contacts/{id}");
        Ok(Answer::created(location, FamilyContactView::from(contact))
            .about(id)
            .version(version))
    })
    .await
}
