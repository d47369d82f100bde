//! Asking for a one-time code.

use chrono::{DateTime, Utc};
use domain::{IdMint, SignInCodeId, contact::Phone, sign_in_code};
use platform::{Randomness, config::ClientSignInConfig};
use storage::{StorageError, Store, sign_in_budgets, sign_in_codes};

/// What became of a request for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Whoever asked is told that a code is on its way: it is if the number is a client's and none
    /// went there a moment ago.
    Taken,
    /// More codes were asked for from this address, or in all, than anybody needs.
    OverBudget {
        /// Whether it was in all: then somebody makes the SMS account pay.
        everybody: bool,
    },
}

/// Issues a code for a number at `now` in the time of sign-ins. Whether the number is a client's is
/// not looked up, so neither the answer nor its time can tell: the worker, which sends the code,
/// sees to that.
///
/// # Errors
/// When the database fails.
pub fn request_code(
    store: &Store,
    (randomness, limits): (&Randomness, &ClientSignInConfig),
    phone: &Phone,
    address: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Asked, StorageError> {
    let code = draw(randomness);
    let id: SignInCodeId = IdMint::new(now, randomness.seed()).next();
    store.write(|tx| {
        let from_here = format!("address:{}", address.unwrap_or_default());
        if sign_in_budgets::spend(tx, &from_here, now)? > limits.codes_per_address_hour {
            return Ok(Asked::OverBudget { everybody: false });
        }
        if sign_in_budgets::spend(tx, "everybody", now)? > limits.codes_per_hour {
            return Ok(Asked::OverBudget { everybody: true });
        }
        let last = sign_in_codes::issued(tx, phone.as_str())?;
        if let Some(issued) = sign_in_code::issue(last.as_ref(), now) {
            sign_in_codes::issue(tx, phone.as_str(), (id, &code), &issued)?;
        }
        Ok(Asked::Taken)
    })
}

fn draw(randomness: &Randomness) -> String {
    loop {
        let mut bytes = [0; 4];
        randomness.fill(&mut bytes);
        if let Some(code) = sign_in_code::digits(bytes) {
            return code;
        }
    }
}
