//! A call of an operation by somebody who may make it.

pub(crate) mod own_account;

use std::{
    future::{Ready, ready},
    marker::PhantomData,
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::header,
    web::{self, Data},
};
use casework::{Request, Work};
use chrono::{DateTime, Utc};
use domain::{
    OfficeId,
    role::{self, Reach},
};
use futures_util::future::{Either, LocalBoxFuture};
use serde::Serialize;
use storage::{Area, Covered, Scope};

use crate::{
    answer::Answer,
    auth::{Bearer, Caller, access_token::Rejected},
    covering,
    extract::{
        json::Json,
        query,
        repeatable::repeatable,
        request::{access_token, header as text_header, request_of},
    },
    failure::Failure,
    goes_on,
    limits::Limits,
    operations::Op,
    problem::Problem,
    problem_code::ProblemCode,
    state::AppState,
    unit_of_work::{self, Repeatable, Setting},
};

/// A permitted call of the operation `O`. To have one is to have been let through: the token is
/// good, its session goes on, and the role or the scopes allow `O`. `Call<O>` is by a staff member;
/// `Call<O, Bearer>` may be by another system as well.
#[derive(Debug)]
pub struct Call<O, W = Caller> {
    /// Who calls.
    pub caller: W,
    /// The instant of the request (UTC).
    pub now: DateTime<Utc>,
    bearer: Bearer,
    state: Data<AppState>,
    http: HttpRequest,
    request: Request,
    covered: Covered,
    operation: PhantomData<fn() -> O>,
}

impl<O: Op, W> Call<O, W> {
    /// What everybody shares.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// The same, to be kept after the call is answered.
    pub fn shared(&self) -> Data<AppState> {
        self.state.clone()
    }

    /// Whoever sent the token.
    pub(super) fn bearer(&self) -> Bearer {
        self.bearer.clone()
    }

    /// Which rows of case data the caller may reach. The rest is "not found".
    pub fn scope(&self) -> Scope {
        Scope {
            unfrozen_at: Some(self.now),
            ..scope_of(&self.bearer, self.covered)
        }
    }

    /// The version the caller wants to change, from `If-Match`; `None`: whichever is stored.
    ///
    /// # Errors
    /// `invalid_header` for anything but `"<version>"` or `*`.
    pub fn expected_version(&self) -> Result<Option<i64>, Problem> {
        let Some(text) = text_header(&self.http, header::IF_MATCH.as_str()) else {
            return Ok(None);
        };
        if text.trim() == "*" {
            return Ok(None);
        }
        let version = text
            .trim()
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        version
            .and_then(|version| version.parse().ok())
            .map(Some)
            .ok_or_else(|| {
                Problem::new(
                    ProblemCode::InvalidHeader,
                    "If-Match takes one ETag as it was answered",
                )
            })
    }

    /// Runs `run` on a transaction that reads, and answers.
    pub async fn read<T: Serialize + Send + 'static>(
        self,
        run: impl FnMut(&mut Work<'_, '_>) -> Result<Answer<T>, Failure> + Send + 'static,
    ) -> Result<HttpResponse, Problem> {
        let (state, setting) = (self.state.clone(), self.setting());
        let (shared, bearer) = (self.state.clone(), self.bearer);
        let written = unit_of_work::hop(&shared, O::OPERATION.id, move || {
            let now = state.sign_in_clock.now();
            setting.finish(goes_on::check(&state, &bearer, now))?;
            unit_of_work::read(&state, setting, run)
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
        let repeatable = self.repeatable(body.fingerprint)?;
        let (state, setting) = (self.state.clone(), self.setting());
        let (shared, bearer) = (self.state.clone(), self.bearer);
        let written = unit_of_work::hop(&shared, O::OPERATION.id, move || {
            let now = state.sign_in_clock.now();
            setting.finish(goes_on::check(&state, &bearer, now))?;
            let admit = |work: &mut Work<'_, '_>| {
                if O::OPERATION.is_sensitive() {
                    goes_on::check_stored(work, &bearer, now)?;
                }
                Ok(())
            };
            unit_of_work::write(&state, setting, repeatable.as_ref(), admit, |work| {
                run(work, &body.value)
            })
        })
        .await?;
        Ok(written.respond(self.http.path(), self.http.query_string()))
    }

    pub(super) fn setting(&self) -> Setting {
        Setting {
            operation: O::OPERATION,
            agency: self.bearer.agency(),
            actor: self.bearer.actor(),
            now: self.now,
            request: self.request.clone(),
        }
    }

    fn repeatable(&self, fingerprint: [u8; 32]) -> Result<Option<Repeatable>, Problem> {
        // A system changes nothing, and so repeats nothing.
        let Bearer::Staff(caller) = &self.bearer else {
            return Ok(None);
        };
        repeatable(
            O::OPERATION,
            &self.http,
            caller.staff.uuid(),
            self.state.store.sealer(),
            fingerprint,
        )
    }

    /// The staff member who may be covering for somebody whose cases count as own ones then, with
    /// the office.
    fn may_cover(&self) -> Option<(Caller, OfficeId)> {
        let Bearer::Staff(caller) = self.bearer else {
            return None;
        };
        if role::reach(caller.role) != Reach::OwnCases {
            return None;
        }
        let now = self.state.sign_in_clock.now();
        let covering = &self.state.covering;
        let office = caller.office?;
        (!covering.is_nobody(caller.agency, caller.staff, now)).then_some((caller, office))
    }

    async fn with_covered(mut self, caller: Caller, office: OfficeId) -> Result<Self, Problem> {
        let (state, now) = (self.state.clone(), self.now);
        let Caller { agency, staff, .. } = caller;
        let place = state.pending.enter().ok_or_else(Problem::unavailable)?;
        let asked = web::block(move || {
            let _until_done = place;
            let sign_in_now = state.sign_in_clock.now();
            covering::covered_by(&state, agency, office, staff, now, sign_in_now)
        });
        let covered = asked.await.map_err(|_stopping| Problem::unavailable())?;
        self.covered = covered.map_err(|error| {
            let id = self.request.id.as_deref();
            Failure::Storage(error).into_problem(O::OPERATION.id, id)
        })?;
        Ok(self)
    }
}

/// Somebody with a good token, before it is known whether they may.
fn come<O: Op>(http: &HttpRequest) -> Result<Call<O, Bearer>, Problem> {
    let state = http
        .app_data::<Data<AppState>>()
        .cloned()
        .ok_or_else(Problem::internal)?;
    let bearer = authenticate(http, &state)?;
    if let Bearer::Staff(caller) = &bearer
        && let Some(restriction) = caller.restriction
    {
        restriction.check(O::OPERATION)?;
    }
    let now = state.clock.now();
    let request = request_of(http, &state.server.trusted_proxies);
    Ok(Call {
        caller: bearer.clone(),
        now,
        bearer,
        state,
        http: http.clone(),
        request,
        covered: Covered::default(),
        operation: PhantomData,
    })
}

impl<O: Op> Call<O, Bearer> {
    /// Lets the call through if the caller may make it and is whom the handler expects.
    fn admit<W: TryFrom<Bearer>>(self) -> Result<Call<O, W>, Box<Self>> {
        if !self.bearer.may(O::OPERATION) {
            return Err(Box::new(self));
        }
        match W::try_from(self.bearer.clone()) {
            Err(_not_for_them) => Err(Box::new(self)),
            Ok(caller) => Ok(Call {
                caller,
                now: self.now,
                bearer: self.bearer,
                state: self.state,
                http: self.http,
                request: self.request,
                covered: self.covered,
                operation: PhantomData,
            }),
        }
    }

    async fn refuse(self) -> Problem {
        let (state, setting) = (self.state.clone(), self.setting());
        let code = ProblemCode::Forbidden.as_str();
        let kept = web::block(move || unit_of_work::audit_refused(&state, &setting, None, code));
        if !matches!(kept.await, Ok(Ok(()))) {
            tracing::error!(
                operation = O::OPERATION.id,
                "a refusal was not put into the audit trail"
            );
        }
        let detail = match &self.bearer {
            Bearer::Staff(caller) => format!("the role {} may not do this", caller.role),
            Bearer::Machine(_) => match O::OPERATION.scope() {
                Some(scope) => format!("this needs the scope {scope}"),
                None => "only people may do this".to_owned(),
            },
        };
        Problem::new(ProblemCode::Forbidden, detail)
    }
}

/// Which rows of case data a caller may reach ([`domain::role::reach`]): with those of the colleagues
/// covered for, where they are the own ones. A system has no office: its scopes say what it reads in
/// the whole agency.
fn scope_of(bearer: &Bearer, covered: Covered) -> Scope {
    let Bearer::Staff(caller) = bearer else {
        return Scope::default();
    };
    match (role::reach(caller.role), caller.office, caller.area) {
        (Reach::Office, Some(office), _) => Scope {
            office: Some(office),
            ..Scope::default()
        },
        (Reach::Office, None, Some(code)) => Scope {
            area: Some(Area {
                agency: caller.agency,
                code,
            }),
            ..Scope::default()
        },
        // A head of neither office nor area heads nobody's cases; the administrations have no permission to
        // read cases, and would find none of their own.
        (Reach::OwnCases | Reach::Office | Reach::Agency | Reach::None, ..) => Scope {
            caseworker: Some(caller.staff),
            covered,
            ..Scope::default()
        },
    }
}

fn authenticate(http: &HttpRequest, state: &AppState) -> Result<Bearer, Problem> {
    let token = access_token(http)?;
    let bearer = state
        .tokens
        .verify(token, state.sign_in_clock.now())
        .map_err(|why| match why {
            Rejected::Invalid => Problem::new(
                ProblemCode::Unauthenticated,
                "the access token was not made by this service",
            ),
            Rejected::Expired => Problem::new(
                ProblemCode::TokenExpired,
                "get a new one from POST /v1/sessions/refresh",
            ),
        })?;
    if state.ended.has_ended(bearer.ends_with()) {
        return Err(goes_on::ended());
    }
    if let Some(limits) = http.app_data::<Data<Limits>>() {
        limits.request(http, bearer.principal())?;
    }
    Ok(bearer)
}

impl<O: Op, W: TryFrom<Bearer> + 'static> FromRequest for Call<O, W> {
    type Error = Problem;
    type Future =
        Either<Ready<Result<Self, Problem>>, LocalBoxFuture<'static, Result<Self, Problem>>>;

    fn from_request(http: &HttpRequest, _: &mut Payload) -> Self::Future {
        let call = match come::<O>(http) {
            Ok(call) => call.admit::<W>(),
            Err(problem) => return Either::Left(ready(Err(problem))),
        };
        match call {
            Err(refused) => Either::Right(Box::pin(async { Err(refused.refuse().await) })),
            Ok(call) => match (
                query::refuse_untaken(O::OPERATION, http.query_string()),
                call.may_cover(),
            ) {
                (Err(problem), _) => Either::Left(ready(Err(problem))),
                (Ok(()), Some((caller, office))) => {
                    Either::Right(Box::pin(call.with_covered(caller, office)))
                }
                (Ok(()), None) => Either::Left(ready(Ok(call))),
            },
        }
    }
}
