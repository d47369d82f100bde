use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    extract::{ClientCall, Json},
    operations::WithdrawMyConsent as Op,
    problem::Problem,
    services::me,
    views::me::{MyConsent, WithdrawMyConsent},
};

/// Withdraw a consent.
///
/// No reason is asked for. It holds from the next message on: one's own WeChat account is unbound,
/// places are wiped, relatives are told no more. The dates stay, and so do reminders of them by text
/// message.
#[utoipa::path(
    tag = "Me",
    request_body = WithdrawMyConsent,
    responses((status = 201, description = "What holds now", body = MyConsent)),
)]
#[post("/v1/me/consents/withdrawals")]
pub async fn withdraw_my_consent(
    call: ClientCall<Op>,
    body: Json<WithdrawMyConsent>,
) -> Result<HttpResponse, Problem> {
    let client = call.client();
    call.write(body, move |work, asked| {
        let entry = me::withdraw_consent(work, client, asked)?;
        let id = entry.id;
        Ok(Answer::created("/v1/me/consents".to_owned(), MyConsent::from(entry)).about(id))
    })
    .await
}
