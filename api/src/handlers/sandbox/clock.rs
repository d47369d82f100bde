use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer, extract::Call, operations::GetSandboxClock as Op, problem::Problem,
    services::sandbox, views::sandbox::SandboxClockView,
};

/// Where the sandbox's clock stands.
///
/// Only in a sandbox; elsewhere there is no such operation (404). Sign-ins live in real time.
#[utoipa::path(
    tag = "Sandbox",
    responses((status = 200, description = "The clock", body = SandboxClockView)),
)]
#[get("/v1/sandbox/clock")]
pub async fn get_sandbox_clock(call: Call<Op>) -> Result<HttpResponse, Problem> {
    let now = sandbox::of(call.state())?.now();
    call.read(move |_| Ok(Answer::ok(SandboxClockView { now })))
        .await
}
