//! Problems as `application/problem+json` (RFC 9457).

use std::{borrow::Cow, fmt};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use domain::{Refusal, RefusalCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem_code::ProblemCode;

/// The media type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// One fault of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// JSON pointer (RFC 6901) of the field in the body, or `/name` of a query parameter.
    #[schema(example = "/message_signature")]
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
    /// Stable word of this fault, where it is another than the problem's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// Line in the document it holds, from 1, where the field is a text of many lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// The body of every refused request.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody<'a> {
    /// Names the kind of problem; the same as `code`, as a URI.
    #[serde(rename = "type")]
    #[schema(example = "urn:tongxing:problem:wording_refused")]
    pub kind: String,
    /// The kind in a few words.
    pub title: &'a str,
    /// The HTTP status again.
    #[schema(example = 422)]
    pub status: u16,
    /// This occurrence in one sentence.
    pub detail: &'a str,
    /// Stable word to decide by.
    #[schema(example = "wording_refused")]
    pub code: &'a str,
    /// The fields at fault.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub errors: &'a [FieldProblem],
}

/// A refused request, on its way out.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    code: ProblemCode,
    detail: Cow<'static, str>,
    errors: Vec<FieldProblem>,
    retry_after: Option<u64>,
    allow: Option<String>,
}

impl Problem {
    /// A problem that no single field is to blame for.
    pub fn new(code: ProblemCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Parts {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            allow: None,
        }))
    }

    /// A problem of one field or parameter.
    pub fn at(code: ProblemCode, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let mut problem = Self::new(code, detail.clone());
        problem.0.errors.push(FieldProblem {
            pointer: pointer.into(),
            detail,
            code: None,
            line: None,
        });
        problem
    }

    /// The problems of fields of one body as one: it goes by the code of the first.
    pub fn gathered(problems: impl IntoIterator<Item = Self>) -> Self {
        let mut problems = problems.into_iter();
        let Some(mut whole) = problems.next() else {
            return Self::internal();
        };
        for Self(other) in problems {
            let code = (other.code != whole.0.code).then_some(other.code.as_str());
            whole
                .0
                .errors
                .extend(other.errors.into_iter().map(|error| FieldProblem {
                    code: error.code.or(code),
                    ..error
                }));
        }
        let count = whole.0.errors.len();
        if count > 1 {
            whole.0.detail = format!("{count} fields are at fault; each has its own entry").into();
        }
        whole
    }

    /// With the fields at fault.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldProblem>) -> Self {
        self.0.errors = errors;
        self
    }

    /// With the seconds after which it makes sense to come again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// With the methods the path has.
    #[must_use]
    pub fn allow(mut self, methods: String) -> Self {
        self.0.allow = Some(methods);
        self
    }

    /// A fault of ours; says nothing of its cause.
    pub fn internal() -> Self {
        Self::new(
            ProblemCode::Internal,
            "something went wrong on our side; it has been logged",
        )
    }

    /// Not now.
    pub fn unavailable() -> Self {
        Self::new(
            ProblemCode::Unavailable,
            "the service is busy; try again shortly",
        )
        .retry_after(1)
    }

    /// What does not exist, or may not be seen by the caller: one answer for both.
    pub fn not_found(what: &str) -> Self {
        Refusal::new(RefusalCode::NotFound, format!("no such {what}")).into()
    }

    /// The fields at fault.
    pub fn errors(&self) -> &[FieldProblem] {
        &self.0.errors
    }

    /// The first field at fault.
    pub fn pointer(&self) -> Option<&str> {
        self.0.errors.first().map(|error| error.pointer.as_str())
    }

    /// This occurrence in one sentence.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Its code.
    pub fn code(&self) -> ProblemCode {
        self.0.code
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = ProblemCode::Refused(refusal.code);
        match refusal.pointer {
            Some(pointer) => Self::at(code, pointer, refusal.detail),
            None => Self::new(code, refusal.detail),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.as_str())
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        let Parts {
            code,
            detail,
            errors,
            retry_after,
            allow,
        } = &*self.0;
        let body = ProblemBody {
            kind: format!("urn:tongxing:problem:{}", code.as_str()),
            title: code.title(),
            status: code.status().as_u16(),
            detail,
            code: code.as_str(),
            errors,
        };
        let mut response = HttpResponse::build(code.status());
        response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)));
        response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
        if let Some(seconds) = retry_after {
            response.insert_header((header::RETRY_AFTER, *seconds));
        }
        if matches!(
            code,
            ProblemCode::PayloadTooLarge | ProblemCode::HeadTooLarge | ProblemCode::RequestTimeout
        ) {
            // What is left of the request is not waited for.
            response.force_close();
        }
        if let Some(methods) = allow {
            response.insert_header((header::ALLOW, methods.as_str()));
        }
        if matches!(
            code,
            ProblemCode::Unauthenticated | ProblemCode::TokenExpired
        ) {
            // RFC 6750 §3: a 401 names the scheme.
            response.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        // Plain structs of text always serialise.
        response.body(serde_json::to_vec(&body).unwrap_or_default())
    }
}
