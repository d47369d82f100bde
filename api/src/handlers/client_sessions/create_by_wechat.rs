use actix_web::{HttpResponse, post};
use casework::Actor;
use secrecy::ExposeSecret as _;
use storage::{sign_in_budgets, wechat_bindings};

use crate::{
    answer::Answer,
    extract::{Json, OpenCall},
    operations::CreateWechatSession as Op,
    problem::Problem,
    problem_code::ProblemCode,
    services::{
        client_sessions::{self, begin_by_wechat, doubtful, fits, not_bound},
        wechat,
    },
    views::client_sessions::{ClientSessionView, CreateWechatSession},
};

/// Sign in as a client with WeChat.
///
/// With a code of `wx.login` in the office's mini program, from an account that the client bound
/// before (`POST /v1/me/wechat-bindings`). Any other account is `not_bound`: sign in with the number,
/// then bind it. After 90 days without use, and where the client's number is in doubt, it asks for the
/// date of birth too (`second_fact_required`): send it with a new code, for each is good once.
#[utoipa::path(
    tag = "Client sign-in",
    request_body = CreateWechatSession,
    responses((status = 201, description = "The session's tokens", body = ClientSessionView)),
)]
#[post("/v1/client-sessions/wechat")]
pub async fn create_wechat_session(
    call: OpenCall<Op>,
    body: Json<CreateWechatSession>,
) -> Result<HttpResponse, Problem> {
    let CreateWechatSession { code, birth_date } = body.value;
    let program = wechat::program(&call.state)?;
    wechat::check_code(&code)?;
    within_budget(&call).await?;
    let identity = wechat::identify(program, &code, client_sessions::refused, not_bound).await?;
    let (app_id, now) = (program.app_id().to_owned(), call.now);
    let open_id = identity.open_id.clone();
    let found = call
        .before_sign_in(move |store| wechat::find(store, &app_id, open_id.expose_secret()))
        .await?;
    let Some(found) = found else {
        metrics::counter!("client_sign_ins_refused_total").increment(1);
        return Err(not_bound());
    };
    if birth_date.is_none() && doubtful(&found, now) {
        return Err(Problem::new(
            ProblemCode::SecondFactRequired,
            "send the date of birth as well, with a new code",
        ));
    }
    let (agency, binding, client) = (found.client.agency_id, found.binding.id, found.client.id);
    if birth_date.is_some() {
        // Counted first, and for good: a guess stays one whatever happens after it.
        let allowed = call
            .before_sign_in(move |store| {
                store.write_in(agency, |tx| {
                    wechat_bindings::guess(tx, agency, binding, now)
                })
            })
            .await?;
        if !allowed || !fits(&found, birth_date) {
            let reason = ProblemCode::InvalidCode.as_str();
            call.refused(agency, client.to_string(), reason, |_| Ok(()))
                .await?;
            return Err(client_sessions::refused());
        }
    }
    let state = call.state.clone();
    let written = call
        .write(agency, Actor::client(client), move |work| {
            let (session, view) = begin_by_wechat(work, &state, (&found.binding, &identity), now)?;
            Ok(Answer::created("/v1/me".to_owned(), view).about(session))
        })
        .await?;
    Ok(written.respond("/v1/client-sessions/wechat", ""))
}

/// Each sign-in asks WeChat, whose patience is limited.
async fn within_budget(call: &OpenCall<Op>) -> Result<(), Problem> {
    let (state, now) = (call.state.clone(), call.now);
    let from_here = format!(
        "wechat:{}",
        call.request.address.as_deref().unwrap_or_default()
    );
    let spent = call
        .before_sign_in(move |store| store.write(|tx| sign_in_budgets::spend(tx, &from_here, now)))
        .await?;
    if spent > state.client_sign_in.wechat_per_address_hour {
        let problem = Problem::new(
            ProblemCode::TooManyRequests,
            "too many sign-ins from this address",
        );
        return Err(problem.retry_after(3_600));
    }
    Ok(())
}
