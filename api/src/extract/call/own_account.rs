//! What operations on the own account need beyond one unit of work: a password is looked at between
//! two of them.

use casework::Work;

use super::Call;
use crate::{
    failure::Failure, operations::Op, problem::Problem, problem_code::ProblemCode, unit_of_work,
};

impl<O: Op, W> Call<O, W> {
    /// The address the call came from.
    pub fn address(&self) -> Option<&str> {
        self.request.address.as_deref()
    }

    /// Looks something up before the unit of work.
    pub async fn look_up<T: Send + 'static>(
        &self,
        run: impl FnMut(&mut Work<'_, '_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Problem> {
        let (state, setting) = (self.state.clone(), self.setting());
        unit_of_work::hop(&self.state, O::OPERATION.id, move || {
            unit_of_work::piece(&state, &setting, run)
        })
        .await
    }

    /// Runs `run`, what is to be done about a refused call on `object_id`, and puts the refusal into
    /// the trail.
    pub(crate) async fn refused(
        &self,
        object_id: String,
        reason: ProblemCode,
        run: impl FnMut(&mut Work<'_, '_>) -> Result<(), Failure> + Send + 'static,
    ) -> Result<(), Problem> {
        let (state, setting) = (self.state.clone(), self.setting());
        unit_of_work::hop(&self.state, O::OPERATION.id, move || {
            unit_of_work::refused(&state, setting, &object_id, reason.as_str(), run)
        })
        .await
    }
}
