//! What vendors are answered.

use actix_web::HttpResponse;
use domain::template::TemplateGateway;
use gateways::{aliyun, push::NotAPush, tencent, wechat::callback::CallbackError};

use crate::{
    problem::{FieldProblem, Problem},
    problem_code::ProblemCode,
};

/// Most unreadable elements that are named.
const NAMED: usize = 20;

/// The problem of a body that is nothing a vendor posts.
pub(super) fn not_a_post(error: NotAPush) -> Problem {
    Problem::new(ProblemCode::MalformedJson, error.to_string())
}

/// The problem of a call of WeChat that is not believed, or not understood.
pub(super) fn not_believed(error: CallbackError) -> Problem {
    let code = match error {
        CallbackError::Malformed => ProblemCode::MalformedJson,
        CallbackError::Time
        | CallbackError::Signature
        | CallbackError::Encryption
        | CallbackError::OtherAccount => ProblemCode::InvalidSignature,
    };
    Problem::new(code, error.to_string())
}

/// What a vendor wants to hear when all it posted is kept; otherwise a problem that names what could
/// not be read, while the rest is kept.
///
/// # Errors
/// `malformed_json`.
pub(super) fn acknowledge(
    form: TemplateGateway,
    unreadable: &[usize],
) -> Result<HttpResponse, Problem> {
    if !unreadable.is_empty() {
        metrics::counter!("gateway_posts_unreadable_total", "vendor" => form.as_str())
            .increment(u64::try_from(unreadable.len()).unwrap_or(u64::MAX));
        tracing::warn!(vendor = %form, items = unreadable.len(), "a vendor posted what cannot be read");
        let errors = unreadable.iter().take(NAMED).map(|place| FieldProblem {
            pointer: format!("/{place}"),
            detail: "not what the vendor posts".to_owned(),
            code: None,
            line: None,
        });
        let detail = "what could be read was kept; the rest was not";
        let problem = Problem::new(ProblemCode::MalformedJson, detail);
        return Err(problem.with_errors(errors.collect()));
    }
    let acknowledgement = match form {
        TemplateGateway::Aliyun => aliyun::ACKNOWLEDGEMENT,
        TemplateGateway::Tencent => tencent::ACKNOWLEDGEMENT,
        // WeChat does not post here.
        TemplateGateway::Wechat => return Err(Problem::not_found("path")),
    };
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .body(acknowledgement))
}
