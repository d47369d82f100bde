use actix_web::{HttpResponse, delete};
use domain::StaffId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::ResetSecondFactor as Op,
    problem::Problem,
    services::{sessions::Ending, staff},
};

/// Take a staff member's second factor away.
///
/// For whoever lost authenticator and recovery codes. The member's sessions end; where a second
/// factor is demanded, the next one can do nothing but set up a new one. Nobody resets their own.
#[utoipa::path(
    tag = "Staff",
    params(("id" = StaffId, Path, description = "The staff member")),
    responses((status = 204, description = "There is no second factor any more")),
)]
#[delete("/v1/staff/{id}/second-factor")]
pub async fn reset_second_factor(
    call: Call<Op>,
    id: Path<StaffId>,
) -> Result<HttpResponse, Problem> {
    let state = call.shared();
    let (now, ending) = (state.sign_in_clock.now(), Ending::default());
    let told = ending.clone();
    let response = call
        .write(Json::none(), move |work, _| {
            told.set(staff::reset_second_factor(work, id.0, now)?);
            Ok(Answer::done().about(id.0))
        })
        .await?;
    ending.done(&state, now);
    Ok(response)
}
