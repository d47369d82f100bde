use actix_web::{HttpResponse, ResponseError as _, get, web};

use crate::{failure::Failure, problem::Problem, state::AppState, unit_of_work};

/// The process runs.
#[get("/livez")]
pub async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok")
}

/// The process can do its work: the database answers and has the schema it needs.
#[get("/readyz")]
pub async fn readyz(state: web::Data<AppState>) -> HttpResponse {
    let shared = state.clone();
    let ready = unit_of_work::hop_always(&state, "readyz", move || {
        let checked = shared
            .store
            .ping()
            .and_then(|()| storage::migrate::is_pending(&shared.store));
        match checked {
            Ok(false) => Ok(()),
            Ok(true) => {
                tracing::warn!("the database lacks migrations: run `tongxing migrate`");
                Err(Problem::unavailable())
            }
            Err(error) => Err(Failure::from(error).into_problem("readyz", None)),
        }
    });
    match ready.await {
        Ok(()) => HttpResponse::Ok().content_type("text/plain").body("ok"),
        // Whatever it was, the answer to "are you ready" is "not now".
        Err(_logged) => Problem::unavailable().error_response(),
    }
}
