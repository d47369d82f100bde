//! What a session may not do yet.

use domain::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    operations::{Access, Operation},
    problem::Problem,
    problem_code::ProblemCode,
};

/// What has to be done before a session may do what its role may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Restriction {
    /// The password is temporary or too old.
    PasswordChange,
    /// There is no second factor yet.
    SecondFactor,
}

impl Restriction {
    /// Refuses every operation but those on the own account and its sessions.
    ///
    /// # Errors
    /// `password_change_required` or `second_factor_required`.
    pub fn check(self, operation: &Operation) -> Result<(), Problem> {
        if matches!(
            operation.access,
            Access::Open | Access::Staff(Permission::ReadSelf)
        ) {
            return Ok(());
        }
        Err(match self {
            Self::PasswordChange => Problem::new(
                ProblemCode::PasswordChangeRequired,
                "first change the password: PUT /v1/sessions/current/password; then refresh",
            ),
            Self::SecondFactor => Problem::new(
                ProblemCode::SecondFactorRequired,
                "first set up a second factor: PUT /v1/sessions/current/second-factor; then refresh",
            ),
        })
    }
}
