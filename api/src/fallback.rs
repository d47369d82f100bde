//! What no handler answers: unknown paths, and known paths with another method.

use actix_web::{HttpRequest, HttpResponse, ResponseError};

use crate::{
    operations::{self, Operation},
    problem::Problem,
    problem_code::ProblemCode,
};

/// Answers 405 with `Allow` for a path that has operations, 404 for one that has none.
pub async fn fallback(request: HttpRequest) -> HttpResponse {
    let path = request.path();
    let methods: Vec<&str> = operations::ALL
        .iter()
        .filter(|operation| is_at(operation, path))
        .map(|operation| operation.method.as_str())
        .collect();
    if methods.is_empty() {
        return Problem::not_found("path").error_response();
    }
    let methods = methods.join(", ");
    Problem::new(
        ProblemCode::MethodNotAllowed,
        format!("this path has {methods}"),
    )
    .allow(methods)
    .error_response()
}

fn is_at(operation: &Operation, path: &str) -> bool {
    let mut parts = path.split('/');
    operation.path.split('/').all(|expected| {
        parts
            .next()
            .is_some_and(|part| expected == part || (expected.starts_with('{') && !part.is_empty()))
    }) && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_match_segment_by_segment() {
        let create = operations::ALL
            .iter()
            .find(|one| one.id == "create_office")
            .unwrap();
        assert!(is_at(create, "/v1/offices"));
        assert!(!is_at(create, "/v1/offices/"));
        assert!(!is_at(create, "/v1"));
        let one = Operation {
            path: "/v1/offices/{id}",
            ..copy(create)
        };
        assert!(is_at(&one, "/v1/offices/7"));
        assert!(!is_at(&one, "/v1/offices/"));
        assert!(!is_at(&one, "/v1/offices/7/x"));
    }

    fn copy(one: &Operation) -> Operation {
        Operation { ..*one }
    }
}
