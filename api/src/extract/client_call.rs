//! A call of an operation by a signed-in client, about what is their own.

mod ready;

use std::{
    future::{Ready, ready},
    marker::PhantomData,
};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web::Data};
use casework::{Actor, Request, Work};
use chrono::{DateTime, Utc};
use domain::ClientId;
use serde::Serialize;
use storage::client_sessions;

use crate::{
    answer::Answer,
    auth::{ClientCaller, access_token::Rejected},
    extract::{
        json::Json,
        query,
        repeatable::repeatable,
        request::{access_token, request_of},
    },
    failure::Failure,
    limits::Limits,
    operations::Op,
    problem::Problem,
    problem_code::ProblemCode,
    state::AppState,
    unit_of_work::{self, Setting},
};

/// A call of the operation `O` by a client. The token is good; whether the session goes on is asked
/// of the database in the same unit of work, so that an end takes effect at once.
#[derive(Debug)]
pub struct ClientCall<O> {
    /// Who calls.
    pub caller: ClientCaller,
    state: Data<AppState>,
    http: HttpRequest,
    request: Request,
    operation: PhantomData<fn() -> O>,
}

impl<O: Op> ClientCall<O> {
    /// The signed-in client: all that the operation may be about.
    pub fn client(&self) -> ClientId {
        self.caller.client
    }

    /// What everybody shares.
    pub fn shared(&self) -> Data<AppState> {
        self.state.clone()
    }

    /// Runs `run` on a transaction that reads, and answers.
    pub async fn read<T: Serialize + Send + 'static>(
        self,
        mut run: impl FnMut(&mut Work<'_, '_>) -> Result<Answer<T>, Failure> + Send + 'static,
    ) -> Result<HttpResponse, Problem> {
        let (state, setting, caller) = (self.state.clone(), self.setting(), self.caller);
        let written = unit_of_work::hop(&self.state, O::OPERATION.id, move || {
            unit_of_work::read(&state, setting, |work| {
                goes_on(work, &state, &caller)?;
                run(work)
            })
        })
        .await?;
        Ok(written.respond(self.http.path(), self.http.query_string()))
    }

    /// Runs `run` as one unit of work, with its audit entry, and answers. A repeated request under
    /// the same `Idempotency-Key` gets the first one's answer. `run` may be run again after a
    /// collision: it keeps nothing outside the transaction.
    pub async fn write<B: Send + 'static, T: Serialize + Send + 'static>(
        self,
        body: Json<B>,
        mut run: impl FnMut(&mut Work<'_, '_>, &B) -> Result<Answer<T>, Failure> + Send + 'static,
    ) -> Result<HttpResponse, Problem> {
        let repeatable = repeatable(
            O::OPERATION,
            &self.http,
            self.caller.client.uuid(),
            self.state.store.sealer(),
            body.fingerprint,
        )?;
        let (state, setting, caller) = (self.state.clone(), self.setting(), self.caller);
        let written = unit_of_work::hop(&self.state, O::OPERATION.id, move || {
            let admit = |work: &mut Work<'_, '_>| goes_on(work, &state, &caller);
            unit_of_work::write(&state, setting, repeatable.as_ref(), admit, |work| {
                run(work, &body.value)
            })
        })
        .await?;
        Ok(written.respond(self.http.path(), self.http.query_string()))
    }

    fn setting(&self) -> Setting {
        Setting {
            operation: O::OPERATION,
            agency: self.caller.agency,
            actor: Actor::client(self.caller.client),
            now: self.state.clock.now(),
            request: self.request.clone(),
        }
    }

    fn from(http: &HttpRequest) -> Result<Self, Problem> {
        let state = http
            .app_data::<Data<AppState>>()
            .cloned()
            .ok_or_else(Problem::internal)?;
        let now = state.sign_in_clock.now();
        let caller = authenticate(http, &state, now)?;
        if let Some(limits) = http.app_data::<Data<Limits>>() {
            limits.request(http, caller.client.uuid())?;
        }
        query::refuse_untaken(O::OPERATION, http.query_string())?;
        let request = request_of(http, &state.server.trusted_proxies);
        Ok(Self {
            caller,
            state,
            http: http.clone(),
            request,
            operation: PhantomData,
        })
    }
}

fn unauthenticated(detail: &'static str) -> Problem {
    Problem::new(ProblemCode::Unauthenticated, detail)
}

fn authenticate(
    http: &HttpRequest,
    state: &AppState,
    now: DateTime<Utc>,
) -> Result<ClientCaller, Problem> {
    state
        .tokens
        .verify_client(access_token(http)?, now)
        .map_err(|why| match why {
            Rejected::Invalid => unauthenticated("not an access token of a client of this service"),
            Rejected::Expired => Problem::new(
                ProblemCode::TokenExpired,
                "get a new one from POST /v1/client-sessions/refresh",
            ),
        })
}

fn goes_on(
    work: &mut Work<'_, '_>,
    state: &AppState,
    caller: &ClientCaller,
) -> Result<(), Failure> {
    let now = state.sign_in_clock.now();
    client_sessions::get(work.tx, work.agency, caller.session)?
        .filter(|session| session.client_id == caller.client && session.goes_on(now))
        .map(|_| ())
        .ok_or_else(|| unauthenticated("the session has ended").into())
}

impl<O: Op> FromRequest for ClientCall<O> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(http: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::from(http))
    }
}
