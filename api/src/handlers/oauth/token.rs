use actix_web::{HttpRequest, HttpResponse, post};
use casework::Actor;
use chrono::SubsecRound as _;
use domain::{
    machine::{parse_scopes, write_scopes},
    role::Permission,
};
use serde::Serialize;

use super::{error::Refused, proof::Asked};
use crate::{
    answer::Answer,
    auth::Machine,
    extract::{OpenCall, RawBody},
    operations::{Access, Effect, Method, Op, Operation},
    problem::Problem,
    problem_code::ProblemCode,
    services::integrators,
};

/// `issue_token`: outside the table, for nothing of it but its trail is as there.
#[derive(Debug)]
pub enum IssueToken {}

impl Op for IssueToken {
    const OPERATION: &'static Operation = &Operation {
        id: "issue_token",
        method: Method::Post,
        path: "/oauth/token",
        access: Access::Open,
        effect: Effect::Mutation,
        object: "integrator",
        refusals: &[],
        // Parameters that are not known are passed over (RFC 6749 §3.2).
        others: &[ProblemCode::InvalidQuery],
    };
}

/// RFC 6749 §5.1.
#[derive(Serialize)]
struct Issued {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    scope: String,
}

/// Access tokens for other systems: OAuth 2 client credentials (RFC 6749 §4.4).
#[post("/oauth/token")]
pub async fn issue_token(
    call: OpenCall<IssueToken>,
    http: HttpRequest,
    body: RawBody,
) -> Result<HttpResponse, Problem> {
    match issue(&call, &http, &body.0).await {
        Ok(response) => Ok(response),
        Err(refused) => refused.respond(),
    }
}

async fn issue(
    call: &OpenCall<IssueToken>,
    http: &HttpRequest,
    body: &[u8],
) -> Result<HttpResponse, Refused> {
    let Asked { id, secret, scope } = Asked::read(http, body)?;
    let known = call
        .look_up(move |tx| {
            tx.enter(id.agency)?;
            integrators::known(tx, id, secret.as_ref())
        })
        .await?
        .ok_or(Refused::InvalidClient)?;
    let asked = known
        .proved
        .ok_or(Refused::InvalidClient)
        .and_then(|secret| Ok((secret, granted(&known.scopes, scope.as_deref())?)));
    let (secret, scopes) = match asked {
        Ok(asked) => asked,
        Err(refused) => {
            let (object, reason) = (id.integrator.to_string(), refused.code());
            call.refused(id.agency, object, reason, |_| Ok(())).await?;
            return Err(refused);
        }
    };
    let (state, now) = (call.state.clone(), call.now);
    let machine = Machine {
        agency: id.agency,
        integrator: id.integrator,
        credential: secret.id,
        scopes: scopes.into(),
        issued_at: now.trunc_subsecs(0),
    };
    let token = Issued {
        scope: write_scopes(&machine.scopes),
        token_type: "Bearer",
        expires_in: state.tokens.life_seconds(),
        access_token: state.tokens.issue(machine).ok_or_else(Problem::internal)?,
    };
    let written = call
        .write(id.agency, Actor::integrator(id.integrator), move |work| {
            integrators::use_secret(work, &secret, now)?;
            Ok(Answer::done().about(id.integrator))
        })
        .await;
    match written {
        Ok(_stored) => Ok(HttpResponse::Ok()
            .insert_header(("cache-control", "no-store"))
            .insert_header(("pragma", "no-cache"))
            .json(token)),
        Err(problem) if problem.code() == ProblemCode::Unauthenticated => {
            Err(Refused::InvalidClient)
        }
        Err(problem) => Err(problem.into()),
    }
}

/// The scopes asked for, if all of them were given; those given, if none is named.
fn granted(given: &[Permission], asked: Option<&str>) -> Result<Vec<Permission>, Refused> {
    let Some(asked) = asked else {
        return Ok(given.to_vec());
    };
    parse_scopes(asked)
        .ok()
        .filter(|asked| asked.iter().all(|scope| given.contains(scope)))
        .ok_or(Refused::InvalidScope)
}
