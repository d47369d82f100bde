//! Asking WeChat. Never inside a transaction.

use domain::{Refusal, RefusalCode};
use gateways::wechat::sign_in::{Identity, MiniProgram, SignInError};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{problem::Problem, problem_code::ProblemCode, state::AppState};

/// Longest code that is passed on; `wx.login` gives 32 characters.
const LONGEST_CODE: usize = 256;

/// The office's mini program.
///
/// # Errors
/// `not_configured` where the settings name none.
pub fn program(state: &AppState) -> Result<&MiniProgram, Problem> {
    state.mini_program.as_ref().ok_or_else(|| {
        let detail = "this installation has no mini program; sign in with a number";
        Problem::new(ProblemCode::NotConfigured, detail)
    })
}

/// Checks that a text may be a code of `wx.login`, before it is passed on.
///
/// # Errors
/// `invalid_value` at `/code`.
pub fn check_code(code: &SecretString) -> Result<(), Problem> {
    let text = code.expose_secret();
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    if plain && (1..=LONGEST_CODE).contains(&text.len()) {
        return Ok(());
    }
    Err(not_a_code())
}

/// The answer to a code that is none.
pub fn not_a_code() -> Problem {
    let detail = "a new code of wx.login: each is good once, for five minutes";
    Refusal::at(RefusalCode::InvalidValue, "/code", detail).into()
}

/// Asks WeChat who got `code`, which is used up by it. `wrong_code` answers a code that is none, used
/// or too old, `refused` a person whom WeChat does not let in.
///
/// # Errors
/// Those; `too_many_requests`, `unavailable`.
pub async fn identify(
    program: &MiniProgram,
    code: &SecretString,
    wrong_code: fn() -> Problem,
    refused: fn() -> Problem,
) -> Result<Identity, Problem> {
    let why = match program.identify(code).await {
        Ok(identity) => return Ok(identity),
        Err(why) => why,
    };
    let (outcome, problem) = match why {
        SignInError::InvalidCode => ("invalid_code", wrong_code()),
        SignInError::HighRisk => ("high_risk", refused()),
        SignInError::TooMany => ("too_many", too_many()),
        SignInError::Busy(_) => {
            tracing::warn!(%why, "WeChat could not be asked who signs in");
            ("busy", Problem::unavailable())
        }
        SignInError::Refused(_) => {
            tracing::error!(%why, "WeChat could not be asked who signs in");
            ("refused", Problem::unavailable())
        }
    };
    metrics::counter!("wechat_sign_in_errors_total", "outcome" => outcome).increment(1);
    Err(problem)
}

fn too_many() -> Problem {
    let detail = "WeChat answers no more about this account for now";
    Problem::new(ProblemCode::TooManyRequests, detail).retry_after(60)
}
