use actix_web::{HttpResponse, get};
use domain::ClientId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, PageQuery, Path, Query, page::Page},
    operations::ListCheckIns as Op,
    problem::Problem,
    services::check_ins,
    views::check_ins::CheckInView,
};

/// List a client's check-ins.
///
/// The latest first. A place is there only where the client gave one with consent.
#[utoipa::path(
    tag = "Clients",
    params(("id" = ClientId, Path, description = "The client."), PageQuery),
    responses((status = 200, description = "A page of the check-ins", body = Page<CheckInView>)),
)]
#[get("/v1/clients/{id}/check-ins")]
pub async fn list_check_ins(
    call: Call<Op, Bearer>,
    id: Path<ClientId>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let (scope, id) = (call.scope(), id.0);
    call.read(move |work| Ok(Answer::page(check_ins::list(work, scope, id, &query.0)?).about(id)))
        .await
}
