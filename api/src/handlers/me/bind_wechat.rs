use actix_web::{HttpResponse, post};
use secrecy::ExposeSecret as _;

use crate::{
    answer::Answer,
    extract::{ClientCall, Json},
    operations::BindMyWechat as Op,
    problem::Problem,
    services::wechat,
    views::me::{BindMyWechat, MyWechatBinding},
};

/// Bind one's own WeChat account.
///
/// With a code of `wx.login` in the office's mini program. Needs a consent for WeChat in force. From
/// then on the account signs in (`POST /v1/client-sessions/wechat`). One account is bound to one
/// client, and a client binds one account; binding the same one again changes nothing (200).
#[utoipa::path(
    tag = "Me",
    request_body = BindMyWechat,
    responses(
        (status = 200, description = "It was bound before", body = MyWechatBinding),
        (status = 201, description = "It is bound", body = MyWechatBinding),
    ),
)]
#[post("/v1/me/wechat-bindings")]
pub async fn bind_my_wechat(
    call: ClientCall<Op>,
    body: Json<BindMyWechat>,
) -> Result<HttpResponse, Problem> {
    let (client, state) = (call.client(), call.shared());
    let program = wechat::program(&state)?;
    wechat::check_code(&body.value.code)?;
    let ready = call.ready(&body, move |work| wechat::may_bind(work, client));
    if let Some(done_before) = ready.await? {
        return Ok(done_before);
    }
    let code = &body.value.code;
    let identity = wechat::identify(program, code, wechat::not_a_code, wechat::is_taken).await?;
    let (app_id, open_id) = (program.app_id().to_owned(), identity.open_id.clone());
    let agency = call.caller.agency;
    let elsewhere = call
        .across_agencies(move |store| {
            wechat::is_elsewhere(store, agency, &app_id, open_id.expose_secret())
        })
        .await?;
    let (app_id, now) = (program.app_id().to_owned(), state.sign_in_clock.now());
    call.write(body, move |work, _| {
        let (binding, is_new) = wechat::bind(work, client, (&app_id, &identity), elsewhere, now)?;
        let (id, view) = (binding.id, MyWechatBinding::from(binding));
        let answer = if is_new {
            Answer::created("/v1/me/wechat-bindings".to_owned(), view)
        } else {
            Answer::ok(view)
        };
        Ok(answer.about(id))
    })
    .await
}
