//! The OpenAPI document: described by the handlers, completed from the table of operations.

mod complete;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::OnceLock};

use actix_web::{App, web::Bytes};
use serde_json::Value;
use utoipa::{
    OpenApi as _,
    openapi::{
        self,
        security::{ClientCredentials, Flow, Http, HttpAuthScheme, OAuth2, Scopes, SecurityScheme},
    },
};
use utoipa_actix_web::AppExt as _;

use crate::{
    operations,
    problem::{FieldProblem, ProblemBody},
    routes,
};

/// The security scheme of people.
const BEARER: &str = "bearer";

/// The security scheme of other systems.
const INTEGRATOR: &str = "integrator";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Tongxing (同行)",
        description = "The open backend for offices that look after people in community drug \
            treatment and rehabilitation. All instants are UTC (RFC 3339); dates are local to the \
            office. Every refused request answers `application/problem+json` (RFC 9457) with a \
            stable `code`. What the caller may not see answers 404.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(ProblemBody, FieldProblem)),
    tags(
        (name = "Sessions", description = "Signing in and out."),
        (name = "Offices", description = "Where cases are executed."),
        (name = "Staff", description = "People with an account."),
        (name = "Integrators", description = "Other systems with access to the agency's data."),
        (name = "Clients", description = "The people in the programme."),
        (name = "Consents", description = "What clients allowed, and whom of the family may be told."),
        (name = "Cases", description = "One measure on one client, from decision to end."),
        (name = "Appointments", description = "Dated obligations and the windows they are met in."),
        (name = "Tests", description = "Samples taken and their results."),
        (name = "Excuses", description = "Requests that an appointment not count as missed."),
        (name = "Escalations", description = "Files opened at a threshold; people decide."),
        (name = "Messages", description = "Outgoing texts, their wording and their delivery."),
        (name = "Tasks", description = "What a person has to do, and the caseworker's day."),
        (name = "Rules", description = "Rule packs and the working-day calendar."),
        (name = "Audit", description = "Who did what to which object."),
        (name = "Client sign-in", description = "Clients signing in and out."),
        (name = "Me", description = "What clients see and do about themselves."),
        (name = "Sandbox", description = "Moving the clock; only in a sandbox."),
    ),
)]
struct Base;

/// The document as it is served and printed: pretty JSON, in a stable order. Written when it is
/// first asked for: a process that starts has more urgent things to do.
#[derive(Debug, Default)]
pub struct Document(OnceLock<Bytes>);

impl Document {
    /// The document as text.
    pub fn text(&self) -> Bytes {
        self.0.get_or_init(generate).clone()
    }
}

fn generate() -> Bytes {
    let mut document = value();
    complete::complete(&mut document);
    // A tree of plain JSON always prints.
    let mut text = serde_json::to_vec_pretty(&document).unwrap_or_default();
    text.push(b'\n');
    text.into()
}

/// How other systems get their tokens, and the operations behind each scope.
fn integrators() -> OAuth2 {
    let mut scopes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for operation in operations::ALL {
        if let Some(scope) = operation.scope() {
            scopes.entry(scope.as_str()).or_default().push(operation.id);
        }
    }
    let scopes: Scopes = scopes
        .into_iter()
        .map(|(scope, operations)| (scope.to_owned(), operations.join(", ")))
        .collect();
    OAuth2::with_description(
        [Flow::ClientCredentials(ClientCredentials::new(
            "/oauth/token",
            scopes,
        ))],
        "The access token of another system (RFC 6749 §4.4). A security administrator gives it a \
         client id and a secret by `POST /v1/integrators`.",
    )
}

fn value() -> Value {
    let mut base = Base::openapi();
    let scheme = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("The access token of `POST /v1/sessions`."))
        .build();
    let components = base.components.get_or_insert_with(openapi::Components::new);
    components.add_security_scheme(BEARER, SecurityScheme::Http(scheme));
    components.add_security_scheme(INTEGRATOR, SecurityScheme::OAuth2(integrators()));
    let (_, document) = App::new()
        .into_utoipa_app()
        .openapi(base)
        .configure(routes::describe)
        .split_for_parts();
    // Described by derives: it always serialises.
    serde_json::to_value(document).unwrap_or_default()
}
