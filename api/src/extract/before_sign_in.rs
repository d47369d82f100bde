//! What an open call may do before anybody knows whose data it is about.

use storage::{StorageError, Store};

use super::OpenCall;
use crate::{failure::Failure, operations::Op, problem::Problem, unit_of_work};

impl<O: Op> OpenCall<O> {
    /// Runs `run` on the database, in units of work of its own choosing and without an entry in any
    /// trail: there is no agency yet whose trail it would be.
    pub(crate) async fn before_sign_in<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Store) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, Problem> {
        let state = self.state.clone();
        let (operation, id) = (O::OPERATION.id, self.request.id.clone());
        unit_of_work::hop(&self.state, O::OPERATION.id, move || {
            run(&state.store)
                .map_err(|error| Failure::from(error).into_problem(operation, id.as_deref()))
        })
        .await
    }
}
