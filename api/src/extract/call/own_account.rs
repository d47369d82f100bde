//! What operations on the own account need beyond one unit of work: a password is looked at between
//! two of them.

use actix_web::web::Data;
use casework::Work;

use super::Call;
use crate::{
    failure::Failure,
    operations::Op,
    problem::Problem,
    problem_code::ProblemCode,
    state::AppState,
    unit_of_work::{self, Setting},
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

    /// What puts refusals of this call into the trail, also once it is answered.
    pub(crate) fn refusals(&self) -> Refusals {
        Refusals {
            state: self.state.clone(),
            setting: self.setting(),
        }
    }
}

/// Puts refusals of a call into the trail.
#[derive(Debug)]
pub(crate) struct Refusals {
    state: Data<AppState>,
    setting: Setting,
}

impl Refusals {
    /// Runs `run`, what is to be done about the refused call on `object_id`, with an entry in the
    /// trail.
    pub(crate) async fn put(
        &self,
        object_id: String,
        reason: ProblemCode,
        run: impl FnMut(&mut Work<'_, '_>) -> Result<(), Failure> + Send + 'static,
    ) -> Result<(), Problem> {
        let (state, setting) = (self.state.clone(), self.setting.clone());
        unit_of_work::hop(&self.state, self.setting.operation.id, move || {
            unit_of_work::refused(&state, setting, &object_id, reason.as_str(), run)
        })
        .await
    }
}
