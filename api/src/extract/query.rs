//! Query strings: typed, without unknown parameters.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{operations::Operation, problem::Problem, problem_code::ProblemCode};

/// The query string read as `T`, which should deny unknown fields.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

/// Refuses parameters that the operation does not take: a caller who sends `dry_run=true` where there
/// is no such thing must not find it done.
///
/// # Errors
/// `invalid_query` at the first of them.
pub(super) fn refuse_untaken(operation: &Operation, text: &str) -> Result<(), Problem> {
    if operation.takes_query() {
        return Ok(());
    }
    parse::<NoParameters>(text).map(|NoParameters {}| ())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoParameters {}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    web::Query::<T>::from_query(text)
        .map(web::Query::into_inner)
        .map_err(|error| {
            let text = error.to_string();
            let message = text
                .rsplit_once("error: ")
                .map_or(text.as_str(), |(_, message)| message);
            let named = message
                .split('`')
                .nth(1)
                .filter(|_| message.contains(" field `"));
            match named {
                Some(name) => Problem::at(
                    ProblemCode::InvalidQuery,
                    format!("/{name}"),
                    message.to_owned(),
                ),
                None => Problem::new(ProblemCode::InvalidQuery, message.to_owned()),
            }
        })
}
