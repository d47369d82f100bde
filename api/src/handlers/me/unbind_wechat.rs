use actix_web::{HttpResponse, delete};
use casework::wechat;
use domain::WechatBindingId;

use crate::{
    answer::Answer,
    extract::{ClientCall, Json, Path},
    failure::Failure,
    operations::UnbindMyWechat as Op,
    problem::Problem,
};

/// Unbind one's own WeChat account.
///
/// It signs in no more, the sessions it opened end (this one too, if it did), and whose account it was
/// is wiped. With the mini program's the service account's ends too. Withdrawing the consent for WeChat
/// does the same.
#[utoipa::path(
    tag = "Me",
    params(("id" = WechatBindingId, Path, description = "The binding.")),
    responses((status = 204, description = "It is unbound")),
)]
#[delete("/v1/me/wechat-bindings/{id}")]
pub async fn unbind_my_wechat(
    call: ClientCall<Op>,
    id: Path<WechatBindingId>,
) -> Result<HttpResponse, Problem> {
    let (client, id) = (call.client(), id.0);
    call.write(Json::none(), move |work, _| {
        if wechat::unbind(work, client, Some(id), wechat::UNBOUND)? == 0 {
            return Err(Failure::not_found("binding"));
        }
        Ok(Answer::done().about(id))
    })
    .await
}
