//! What a client's operation does before its unit of work, because something slow comes between: a
//! network call is made in no transaction.

use actix_web::HttpResponse;
use casework::Work;
use storage::{StorageError, Store};

use super::{ClientCall, goes_on};
use crate::{
    extract::{json::Json, repeatable::repeatable},
    failure::Failure,
    operations::Op,
    problem::Problem,
    unit_of_work,
};

impl<O: Op> ClientCall<O> {
    /// Looks whether the slow part may begin: the session goes on and `check` finds nothing against it.
    /// A request that was done before under the same `Idempotency-Key` is answered at once.
    pub async fn ready<B>(
        &self,
        body: &Json<B>,
        check: impl FnMut(&mut Work<'_, '_>) -> Result<(), Failure> + Send + 'static,
    ) -> Result<Option<HttpResponse>, Problem> {
        let repeatable = repeatable(
            O::OPERATION,
            &self.http,
            self.caller.client.uuid(),
            self.state.store.sealer(),
            body.fingerprint,
        )?;
        let (state, setting, caller) = (self.state.clone(), self.setting(), self.caller);
        let kept = unit_of_work::hop(&self.state, O::OPERATION.id, move || {
            let admit = |work: &mut Work<'_, '_>| goes_on(work, &state, &caller);
            unit_of_work::ready(&state, &setting, repeatable.as_ref(), admit, check)
        })
        .await?;
        Ok(kept.map(|kept| kept.respond(self.http.path(), self.http.query_string())))
    }

    /// Asks the database about more than the client's own agency.
    pub(crate) async fn across_agencies<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Store) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, Problem> {
        let (state, setting) = (self.state.clone(), self.setting());
        unit_of_work::hop(&self.state, O::OPERATION.id, move || {
            setting.finish(run(&state.store).map_err(Failure::from))
        })
        .await
    }
}
