use std::time::{Duration, Instant};

use actix_web::{HttpResponse, ResponseError as _, get, web};
use tokio::sync::Mutex;

use crate::{failure::Failure, problem::Problem, state::AppState, unit_of_work};

/// The process runs.
#[get("/livez")]
pub async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok")
}

/// How long what was found is good for.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// Whether the process could do its work when it was looked at last. Everybody may ask, and no limit
/// applies: one look at a time and a second is all that it costs.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    async fn tell(&self, look: impl Future<Output = bool>) -> bool {
        let mut last = self.0.lock().await;
        if let Some((looked, found)) = *last
            && looked.elapsed() < GOOD_FOR
        {
            return found;
        }
        let found = look.await;
        *last = Some((Instant::now(), found));
        found
    }
}

/// The process can do its work: the database answers and has the schema it needs.
#[get("/readyz")]
pub async fn readyz(state: web::Data<AppState>, readiness: web::Data<Readiness>) -> HttpResponse {
    if readiness.tell(look(&state)).await {
        HttpResponse::Ok().content_type("text/plain").body("ok")
    } else {
        // Whatever it was, the answer to "are you ready" is "not now".
        Problem::unavailable().error_response()
    }
}

async fn look(state: &web::Data<AppState>) -> bool {
    let shared = state.clone();
    let ready = unit_of_work::hop_always(state, "readyz", move || {
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
    // What went wrong is logged.
    ready.await.is_ok()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn many_who_ask_cost_one_look_a_second() {
        let readiness = Readiness::default();
        let looks = Cell::new(0);
        let ask = async |found| {
            let look = async {
                looks.set(looks.get() + 1);
                tokio::task::yield_now().await;
                found
            };
            readiness.tell(look).await
        };
        let asked = futures_util::future::join_all((0..100).map(|_| ask(true))).await;
        assert!(asked.iter().all(|found| *found));
        assert_eq!(looks.get(), 1);
        assert!(ask(false).await, "still good");
        tokio::time::sleep(GOOD_FOR).await;
        assert!(!ask(false).await);
        assert_eq!(looks.get(), 2);
    }
}
