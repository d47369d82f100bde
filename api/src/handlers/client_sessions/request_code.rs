use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
    post,
};
use domain::{contact::Phone, sign_in_code};

use crate::{
    extract::{Json, OpenCall},
    operations::RequestClientCode as Op,
    problem::Problem,
    problem_code::ProblemCode,
    services::client_sessions::{self, Asked},
    views::client_sessions::{ClientCodeView, RequestClientCode},
};

/// Ask for a one-time code.
///
/// If the number is a client's, six digits are sent to it, good for five minutes and once; a new code
/// voids the one before. The answer is the same for every number, at once and whatever happens then:
/// within a minute, after five codes in an hour and after ten in a day nothing more is sent.
#[utoipa::path(
    tag = "Client sign-in",
    request_body = RequestClientCode,
    responses((status = 202, description = "Taken in", body = ClientCodeView)),
)]
#[post("/v1/client-sessions/otp")]
pub async fn request_client_code(
    call: OpenCall<Op>,
    body: Json<RequestClientCode>,
) -> Result<HttpResponse, Problem> {
    let phone = Phone::parse(&body.value.phone)?;
    let (state, address, now) = (call.state.clone(), call.request.address.clone(), call.now);
    let asked = call
        .before_sign_in(move |store| {
            let with = (&state.randomness, &state.client_sign_in);
            client_sessions::request_code(store, with, &phone, address.as_deref(), now)
        })
        .await?;
    if let Asked::OverBudget { everybody } = asked {
        metrics::counter!("sign_in_codes_over_budget_total").increment(1);
        if everybody {
            tracing::error!("more sign-in codes are asked for than the hour's budget allows");
        }
        let problem = Problem::new(
            ProblemCode::TooManyRequests,
            "too many codes were asked for",
        );
        return Err(problem.retry_after(3_600));
    }
    Ok(HttpResponse::Accepted()
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(ClientCodeView {
            expires_in: sign_in_code::LIFE.num_seconds(),
            resend_after: sign_in_code::RESEND_AFTER.num_seconds(),
        }))
}
