//! Answers given piece by piece, in bounded memory.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    web::{self, Bytes},
};
use casework::Work;
use futures_util::{StreamExt as _, stream};

use super::Call;
use crate::{failure::Failure, goes_on, operations::Op, problem::Problem, unit_of_work};

/// A file that is made while it is sent.
#[derive(Debug, Clone, Copy)]
pub struct File {
    /// Its media type.
    pub kind: &'static str,
    /// The name it is kept under.
    pub name: &'static str,
}

impl<O: Op> Call<O> {
    /// Answers a file. `begin` gives where to begin, the first text, and the object for the audit
    /// entry, which is written before anything is shown; `next` gives the text of the next piece and
    /// where to go on, until there is none. Each is a unit of work that reads; no connection is held
    /// between two of them. A piece that fails breaks the answer off, so that nobody takes a part for
    /// the whole.
    pub async fn stream<P: Clone + Send + 'static>(
        self,
        file: File,
        mut begin: impl FnMut(&mut Work<'_, '_>) -> Result<(P, String, String), Failure>
        + Send
        + 'static,
        next: impl Fn(&mut Work<'_, '_>, &P) -> Result<Option<(String, P)>, Failure>
        + Clone
        + Send
        + 'static,
    ) -> Result<HttpResponse, Problem> {
        let (shared, setting) = (self.shared(), self.setting());
        let (state, first, bearer) = (shared.clone(), setting.clone(), self.bearer());
        let (place, head) = unit_of_work::hop(&shared, O::OPERATION.id, move || {
            let now = state.sign_in_clock.now();
            first.finish(goes_on::check(&state, &bearer, now))?;
            unit_of_work::announce(&state, first, |work| {
                begin(work).map(|(place, head, object)| ((place, head), object))
            })
        })
        .await?;
        let pieces = stream::try_unfold(place, move |place| {
            let (state, setting, next) = (shared.clone(), setting.clone(), next.clone());
            async move {
                let its_place = state.pending.go_on();
                let piece = web::block(move || {
                    let _until_done = its_place;
                    unit_of_work::piece(&state, &setting, |work| next(work, &place))
                });
                piece
                    .await
                    .map_err(|_stopping| Problem::unavailable())?
                    .map(|piece| piece.map(|(text, place)| (Bytes::from(text), place)))
            }
        });
        let whole = stream::once(async move { Ok(Bytes::from(head)) }).chain(pieces);
        Ok(HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((CONTENT_TYPE, file.kind))
            .insert_header((
                CONTENT_DISPOSITION,
                format!("attachment; filename=\"{}\"", file.name),
            ))
            .streaming(whole))
    }
}
