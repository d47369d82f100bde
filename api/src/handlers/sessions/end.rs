use actix_web::{HttpResponse, delete};
use domain::SessionId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::EndSession as Op,
    problem::Problem,
    services::sessions::{self, Ending},
};

/// End one of one's own sessions.
///
/// Neither its access token nor its refresh token is good any more.
#[utoipa::path(
    tag = "Sessions",
    params(("id" = SessionId, Path, description = "The session")),
    responses((status = 204, description = "The session has ended")),
)]
#[delete("/v1/sessions/{id}")]
pub async fn end_session(call: Call<Op>, id: Path<SessionId>) -> Result<HttpResponse, Problem> {
    let (state, staff) = (call.shared(), call.caller.staff);
    let (now, ending) = (state.sign_in_clock.now(), Ending::default());
    let told = ending.clone();
    let response = call
        .write(Json::none(), move |work, _| {
            sessions::end_own(work, staff, id.0, now)?;
            told.set(vec![id.0]);
            Ok(Answer::done().about(id.0))
        })
        .await?;
    ending.done(&state, now);
    Ok(response)
}
