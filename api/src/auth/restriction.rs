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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations;

    /// Every operation of the table, under each kind of restriction. Those of the sandbox are for
    /// nobody where there are clients.
    #[test]
    fn a_restricted_session_reaches_its_own_account_and_nothing_else() {
        for restriction in [Restriction::PasswordChange, Restriction::SecondFactor] {
            let reached: Vec<&str> = operations::ALL
                .iter()
                .filter(|operation| operation.access != Access::Open)
                .filter(|operation| restriction.check(operation).is_ok())
                .map(|operation| operation.id)
                .collect();
            assert_eq!(
                reached,
                [
                    "delete_session",
                    "get_session",
                    "list_sessions",
                    "end_session",
                    "change_password",
                    "begin_second_factor",
                    "confirm_second_factor",
                    "get_sandbox_clock",
                    "move_sandbox_clock",
                    "list_sandbox_outbox",
                ],
                "{restriction:?}"
            );
        }
    }
}
