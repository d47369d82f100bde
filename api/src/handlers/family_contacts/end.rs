use actix_web::{HttpResponse, delete};
use domain::FamilyContactId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::EndFamilyContact as Op,
    problem::Problem,
    services::family_contacts,
    views::family_contacts::FamilyContactView,
};

/// End a family contact.
///
/// Before its last day. Another one may be entered afterwards.
#[utoipa::path(
    tag = "Consents",
    params(("id" = FamilyContactId, Path, description = "The contact.")),
    responses((status = 200, description = "The contact as it ended", body = FamilyContactView)),
)]
#[delete("/v1/family-contacts/{id}")]
pub async fn end_family_contact(
    call: Call<Op>,
    id: Path<FamilyContactId>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (call.scope(), id.0);
    let expected = call.expected_version()?;
    call.write(Json::none(), move |work, _| {
        let contact = family_contacts::end(work, scope, id, expected)?;
        let version = contact.version;
        Ok(Answer::ok(FamilyContactView::from(contact))
            .about(id)
            .version(version))
    })
    .await
}
