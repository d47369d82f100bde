//! A call of an operation by a signed-in staff member who may make it.

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
use casework::{Actor, Request, Work};
use chrono::{DateTime, Utc};
use domain::{
    audit::AuditOutcome,
    role::{self, Reach},
};
use futures_util::future::{Either, LocalBoxFuture};
use serde::Serialize;
use storage::Scope;

use crate::{
    answer::Answer,
    auth::{Caller, access_token::Rejected},
    extract::{
        json::Json,
        request::{header as text_header, request_of},
    },
    failure::Failure,
    limits::Limits,
    operations::{Access, Op},
    problem::Problem,
    problem_code::ProblemCode,
    state::AppState,
    unit_of_work::{self, Repeatable, Setting},
};

/// A permitted call of the operation `O`. To have one is to have been let through: the token is
/// good, the session goes on, and the role may do `O`.
#[derive(Debug)]
pub struct Call<O> {
    /// Who calls.
    pub caller: Caller,
    /// The instant of the request (UTC).
    pub now: DateTime<Utc>,
    state: Data<AppState>,
    http: HttpRequest,
    request: Request,
    operation: PhantomData<fn() -> O>,
}

impl<O: Op> Call<O> {
    /// What everybody shares.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// The same, to be kept after the call is answered.
    pub fn shared(&self) -> Data<AppState> {
        self.state.clone()
    }

    /// Which rows of case data the caller may reach. The rest is "not found".
    pub fn scope(&self) -> Scope {
        scope_of(&self.caller)
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
        let shared = self.state.clone();
        let written = unit_of_work::hop(&shared, O::OPERATION.id, move || {
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
        let shared = self.state.clone();
        let written = unit_of_work::hop(&shared, O::OPERATION.id, move || {
            unit_of_work::write(&state, setting, repeatable.as_ref(), |work| {
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
            actor: Actor::staff(self.caller.staff),
            now: self.now,
            request: self.request.clone(),
        }
    }

    fn repeatable(&self, fingerprint: [u8; 32]) -> Result<Option<Repeatable>, Problem> {
        if !O::OPERATION.takes_idempotency_key() {
            return Ok(None);
        }
        let Some(value) = self.http.headers().get("idempotency-key") else {
            return Ok(None);
        };
        let key = value
            .to_str()
            .ok()
            .filter(|key| (1..=200).contains(&key.len()))
            .ok_or_else(|| {
                let detail = "an Idempotency-Key has 1 to 200 visible ASCII characters";
                Problem::new(ProblemCode::InvalidHeader, detail)
            })?;
        Ok(Some(Repeatable {
            principal: self.caller.staff,
            key: key.to_owned(),
            fingerprint: self.state.store.sealer().fingerprint(&fingerprint),
        }))
    }

    fn from(http: &HttpRequest) -> Result<Self, Problem> {
        let state = http
            .app_data::<Data<AppState>>()
            .cloned()
            .ok_or_else(Problem::internal)?;
        let caller = authenticate(http, &state)?;
        let now = state.clock.now();
        let request = request_of(http, state.server.trusted_proxies);
        Ok(Self {
            caller,
            now,
            state,
            http: http.clone(),
            request,
            operation: PhantomData,
        })
    }

    fn is_allowed(&self) -> bool {
        match O::OPERATION.access {
            Access::Open => true,
            Access::Staff(permission) => role::allows(self.caller.role, permission),
        }
    }

    async fn refuse(self) -> Result<Self, Problem> {
        if O::OPERATION.is_audited() {
            let (state, setting) = (self.state.clone(), self.setting());
            let code = ProblemCode::Forbidden.as_str();
            let kept = web::block(move || {
                unit_of_work::audit(&state, &setting, None, AuditOutcome::Refused, Some(code))
            });
            if !matches!(kept.await, Ok(Ok(()))) {
                tracing::error!(
                    operation = O::OPERATION.id,
                    "a refusal was not put into the audit trail"
                );
            }
        }
        let role = self.caller.role;
        Err(Problem::new(
            ProblemCode::Forbidden,
            format!("the role {role} may not do this"),
        ))
    }
}

/// Which rows of case data a caller may reach ([`domain::role::reach`]).
pub fn scope_of(caller: &Caller) -> Scope {
    match (role::reach(caller.role), caller.office) {
        (Reach::Office, Some(office)) => Scope {
            office: Some(office),
            caseworker: None,
        },
        // A head of no office heads no office's cases; the administrations have no permission to
        // read cases, and would find none of their own.
        (Reach::OwnCases | Reach::Office | Reach::Agency | Reach::None, _) => Scope {
            office: None,
            caseworker: Some(caller.staff),
        },
    }
}

fn authenticate(http: &HttpRequest, state: &AppState) -> Result<Caller, Problem> {
    let unauthenticated = |detail: &'static str| Problem::new(ProblemCode::Unauthenticated, detail);
    let token = text_header(http, header::AUTHORIZATION.as_str())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| unauthenticated("send an access token: Authorization: Bearer …"))?;
    let caller = state
        .tokens
        .verify(token, state.sign_in_clock.now())
        .map_err(|why| match why {
            Rejected::Invalid => unauthenticated("the access token was not made by this service"),
            Rejected::Expired => Problem::new(
                ProblemCode::TokenExpired,
                "get a new one from POST /v1/sessions/refresh",
            ),
        })?;
    if state.ended.has_ended(caller.session) {
        return Err(unauthenticated("the session has ended"));
    }
    if let Some(limits) = http.app_data::<Data<Limits>>() {
        limits.request(caller.staff, state.sign_in_clock.now())?;
    }
    Ok(caller)
}

impl<O: Op> FromRequest for Call<O> {
    type Error = Problem;
    type Future =
        Either<Ready<Result<Self, Problem>>, LocalBoxFuture<'static, Result<Self, Problem>>>;

    fn from_request(http: &HttpRequest, _: &mut Payload) -> Self::Future {
        match Self::from(http) {
            Ok(call) if !call.is_allowed() => Either::Right(Box::pin(call.refuse())),
            other => Either::Left(ready(other)),
        }
    }
}
