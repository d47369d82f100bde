//! A call of an operation that needs no sign-in.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use casework::{Actor, Request, Work};
use chrono::{DateTime, Utc};
use domain::{ActorKind, AgencyId};
use serde::Serialize;
use storage::{StorageError, Tx};

use crate::{
    answer::{Answer, Written},
    extract::{query, request::request_of},
    failure::Failure,
    limits::Limits,
    operations::Op,
    problem::Problem,
    state::AppState,
    unit_of_work::{self, Setting},
};

/// A call of the operation `O` by anybody.
#[derive(Debug)]
pub struct OpenCall<O> {
    /// The instant of the request in the time of sign-ins (UTC).
    pub now: DateTime<Utc>,
    /// What everybody shares.
    pub state: Data<AppState>,
    /// Where it came from.
    pub request: Request,
    operation: PhantomData<fn() -> O>,
}

impl<O: Op> OpenCall<O> {
    /// Looks something up before the agency is known.
    pub async fn look_up<T: Send + 'static>(
        &self,
        run: impl FnMut(&mut Tx<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, Problem> {
        let state = self.state.clone();
        let (operation, id) = (O::OPERATION.id, self.request.id.clone());
        unit_of_work::hop(&self.state, O::OPERATION.id, move || {
            let found = state.store.read(run);
            found.map_err(|error| Failure::from(error).into_problem(operation, id.as_deref()))
        })
        .await
    }

    /// Runs `run` as one unit of work of `actor` in `agency`, with its audit entry.
    pub(crate) async fn write<T: Serialize + Send + 'static>(
        &self,
        agency: AgencyId,
        actor: Actor,
        run: impl FnMut(&mut Work<'_, '_>) -> Result<Answer<T>, Failure> + Send + 'static,
    ) -> Result<Written, Problem> {
        let (state, setting) = (self.state.clone(), self.setting(agency, actor));
        unit_of_work::hop(&self.state, O::OPERATION.id, move || {
            unit_of_work::write(&state, setting, None, |_anybody| Ok(()), run)
        })
        .await
    }

    /// Runs `run`, what is to be done about a refused call, and puts the refusal into the trail of
    /// `agency`: nobody signed in, on `object_id`.
    pub(crate) async fn refused(
        &self,
        agency: AgencyId,
        object_id: String,
        reason: &'static str,
        run: impl FnMut(&mut Work<'_, '_>) -> Result<(), Failure> + Send + 'static,
    ) -> Result<(), Problem> {
        let nobody = Actor {
            kind: ActorKind::Anonymous,
            id: None,
        };
        let (state, setting) = (self.state.clone(), self.setting(agency, nobody));
        unit_of_work::hop(&self.state, O::OPERATION.id, move || {
            unit_of_work::refused(&state, setting, &object_id, reason, run)
        })
        .await
    }

    /// Runs `run` where there is no agency, and so no trail to write into.
    pub(crate) async fn note(
        &self,
        run: impl FnMut(&mut Tx<'_>) -> Result<(), Failure> + Send + 'static,
    ) -> Result<(), Problem> {
        let state = self.state.clone();
        let (operation, id) = (O::OPERATION.id, self.request.id.clone());
        unit_of_work::hop(&self.state, O::OPERATION.id, move || {
            let noted = state.store.write(run);
            noted.map_err(|failure| failure.into_problem(operation, id.as_deref()))
        })
        .await
    }

    fn setting(&self, agency: AgencyId, actor: Actor) -> Setting {
        Setting {
            operation: O::OPERATION,
            agency,
            actor,
            now: self.state.clock.now(),
            request: self.request.clone(),
        }
    }
}

impl<O: Op> FromRequest for OpenCall<O> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(http: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(state) = http.app_data::<Data<AppState>>().cloned() else {
            return ready(Err(Problem::internal()));
        };
        let now = state.sign_in_clock.now();
        let request = request_of(http, &state.server.trusted_proxies);
        if let Some(limits) = http.app_data::<Data<Limits>>()
            && let Err(problem) = limits.sign_in(http, request.address.as_deref())
        {
            return ready(Err(problem));
        }
        if let Err(problem) = query::refuse_untaken(O::OPERATION, http.query_string()) {
            return ready(Err(problem));
        }
        ready(Ok(Self {
            now,
            state,
            request,
            operation: PhantomData,
        }))
    }
}
