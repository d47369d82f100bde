use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    extract::{Call, Json},
    operations::MoveSandboxClock as Op,
    problem::Problem,
    services::sandbox,
    views::sandbox::{MoveSandboxClock, SandboxWalkView},
};

/// Move the sandbox's clock forwards.
///
/// It stops at every instant at which a job has work and runs the jobs there: what would have
/// happened in that time happens. At most five years at a time. Only in a sandbox; elsewhere there
/// is no such operation (404). Moving the clock ends no session.
#[utoipa::path(
    tag = "Sandbox",
    request_body = MoveSandboxClock,
    responses((status = 200, description = "What happened", body = SandboxWalkView)),
)]
#[post("/v1/sandbox/clock")]
pub async fn move_sandbox_clock(
    call: Call<Op>,
    body: Json<MoveSandboxClock>,
) -> Result<HttpResponse, Problem> {
    let sandbox = sandbox::of(call.state())?;
    let asked = body.value;
    let target = sandbox::target(sandbox.now(), &asked)?;
    let walk = sandbox
        .walk_to(target)
        .await
        .map_err(|why| sandbox::refused(&why, &asked))?;
    call.read(move |_| Ok(Answer::ok(SandboxWalkView::from(walk.clone()))))
        .await
}
