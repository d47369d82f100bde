use actix_web::{HttpResponse, put};
use secrecy::ExposeSecret as _;

use crate::{
    answer::Answer,
    auth::password::Busy,
    extract::{Call, Json},
    operations::ChangePassword as Op,
    problem::Problem,
    services::{
        own_account::{self, prove_password},
        sessions::Ending,
    },
    views::sessions::ChangePassword,
};

/// Change one's own password.
///
/// The caller's other sessions end; this one goes on. Refresh it where it was restricted.
#[utoipa::path(
    tag = "Sessions",
    request_body = ChangePassword,
    responses((status = 204, description = "The password is changed")),
)]
#[put("/v1/sessions/current/password")]
pub async fn change_password(
    call: Call<Op>,
    body: Json<ChangePassword>,
) -> Result<HttpResponse, Problem> {
    let Json { value, fingerprint } = body;
    let ChangePassword {
        current_password,
        new_password,
    } = value;
    let state = call.shared();
    let (now, caller) = (state.sign_in_clock.now(), call.caller);
    let unchanged = current_password.expose_secret() == new_password.expose_secret();
    let (_, proven) = prove_password(&call, current_password, "/current_password").await?;
    if unchanged {
        return Err(own_account::unchanged("/new_password").into());
    }
    let profile = state.auth.password_profile;
    own_account::check_new(&new_password, profile, &proven.own_words(), "/new_password")?;
    let hash = state.passwords.hash(new_password).await;
    let hash = hash.map_err(Busy::problem)?;
    let ending = Ending::default();
    let told = ending.clone();
    let body = Json {
        value: (),
        fingerprint,
    };
    let response = call
        .write(body, move |work, ()| {
            let before = &proven.staff.password_hash;
            let change = own_account::Change {
                before,
                hash: &hash,
            };
            told.set(own_account::change_password(work, caller, change, now)?);
            Ok(Answer::done().about(caller.staff))
        })
        .await?;
    ending.done(&state, now);
    Ok(response)
}
