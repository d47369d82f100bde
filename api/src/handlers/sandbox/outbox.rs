use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    extract::{Call, PageQuery, Query, page::Page},
    operations::ListSandboxOutbox as Op,
    problem::Problem,
    services::sandbox,
    views::sandbox::SandboxMessageView,
};

/// The messages the sandbox would have sent.
///
/// Newest first; only the last ones are kept. Only in a sandbox; elsewhere there is no such
/// operation (404).
#[utoipa::path(
    tag = "Sandbox",
    params(PageQuery),
    responses((status = 200, description = "A page of messages", body = Page<SandboxMessageView>)),
)]
#[get("/v1/sandbox/outbox")]
pub async fn list_sandbox_outbox(
    call: Call<Op>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let mut kept = sandbox::of(call.state())?.outbox().sent();
    kept.reverse();
    call.read(move |_| Ok(Answer::page(sandbox::outbox(&kept, &query.0)?)))
        .await
}
