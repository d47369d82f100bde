use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    extract::ClientCall,
    operations::ListMyWechatBindings as Op,
    problem::Problem,
    services::wechat,
    views::me::{MyWechatBinding, MyWechatBindings},
};

/// List one's own WeChat accounts.
///
/// Those that are bound now, the oldest first. WeChat's own id of the account is not shown.
#[utoipa::path(
    tag = "Me",
    responses((status = 200, description = "What is bound", body = MyWechatBindings)),
)]
#[get("/v1/me/wechat-bindings")]
pub async fn list_my_wechat_bindings(call: ClientCall<Op>) -> Result<HttpResponse, Problem> {
    let client = call.client();
    call.read(move |work| {
        let bound = wechat::bound(work, client)?.into_iter();
        Ok(Answer::ok(MyWechatBindings {
            items: bound.map(MyWechatBinding::from).collect(),
        }))
    })
    .await
}
