use actix_web::{HttpResponse, put};
use domain::StaffId;

use crate::{
    answer::Answer,
    auth::password::Busy,
    extract::{Call, Json, Path},
    operations::ResetPassword as Op,
    problem::Problem,
    services::{own_account, sessions::Ending, staff},
    views::staff::ResetPassword,
};

/// Reset a staff member's password.
///
/// The new one is temporary: within three days its owner signs in with it and changes it, and can do
/// nothing else before. Hand it over in person. The member's sessions end. Nobody resets their own.
#[utoipa::path(
    tag = "Staff",
    params(("id" = StaffId, Path, description = "The staff member")),
    request_body = ResetPassword,
    responses((status = 204, description = "The password is reset")),
)]
#[put("/v1/staff/{id}/password")]
pub async fn reset_password(
    call: Call<Op>,
    id: Path<StaffId>,
    body: Json<ResetPassword>,
) -> Result<HttpResponse, Problem> {
    let Json { value, fingerprint } = body;
    let state = call.shared();
    let now = state.sign_in_clock.now();
    let account = call
        .look_up(move |work| own_account::account(work, id.0))
        .await;
    // What is not there is refused by the unit of work, which puts it into the trail.
    if let Ok(account) = account {
        let profile = state.auth.password_profile;
        own_account::check_new(&value.password, profile, &account.own_words(), "/password")?;
    }
    let hash = state.passwords.hash(value.password).await;
    let hash = hash.map_err(Busy::problem)?;
    let ending = Ending::default();
    let told = ending.clone();
    let body = Json {
        value: hash,
        fingerprint,
    };
    let response = call
        .write(body, move |work, hash| {
            told.set(staff::reset_password(work, id.0, hash, now)?);
            Ok(Answer::done().about(id.0))
        })
        .await?;
    ending.done(&state, now);
    Ok(response)
}
