//! Whom an access token speaks for.

use std::sync::Arc;

use casework::Actor;
use chrono::{DateTime, Utc};
use domain::{
    AgencyId, CredentialId, IntegratorId, OfficeId, Role, SessionId, StaffId,
    area::AreaCode,
    role::{self, Permission},
};
use uuid::Uuid;

use crate::{
    auth::Restriction,
    operations::{Access, Operation},
};

/// A signed-in staff member, as the token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The tenant.
    pub agency: AgencyId,
    /// Who.
    pub staff: StaffId,
    /// What they may do.
    pub role: Role,
    /// Where they work; `None`: for the agency as a whole.
    pub office: Option<OfficeId>,
    /// The area whose offices a head without an office answers for.
    pub area: Option<AreaCode>,
    /// The sign-in the token belongs to.
    pub session: SessionId,
    /// When the token was made, UTC, to the second.
    pub issued_at: DateTime<Utc>,
    /// What has to be done before anything else; `None`: nothing.
    pub restriction: Option<Restriction>,
}

/// Another system that proved its secret, as the token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The tenant.
    pub agency: AgencyId,
    /// Which.
    pub integrator: IntegratorId,
    /// The secret it proved; the token ends with it.
    pub credential: CredentialId,
    /// What it may do, sorted.
    pub scopes: Arc<[Permission]>,
    /// When the token was made, UTC, to the second.
    pub issued_at: DateTime<Utc>,
}

/// Whoever sends an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    /// A person of the agency.
    Staff(Caller),
    /// Another system.
    Machine(Machine),
}

impl Bearer {
    /// The tenant.
    pub fn agency(&self) -> AgencyId {
        match self {
            Self::Staff(caller) => caller.agency,
            Self::Machine(machine) => machine.agency,
        }
    }

    /// As the audit trail names them.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Staff(caller) => Actor::staff(caller.staff),
            Self::Machine(machine) => Actor::integrator(machine.integrator),
        }
    }

    /// Their id, whatever they are.
    pub fn principal(&self) -> Uuid {
        match self {
            Self::Staff(caller) => caller.staff.uuid(),
            Self::Machine(machine) => machine.integrator.uuid(),
        }
    }

    /// What ends the token before its time: the id of the sign-in, or of the secret.
    pub fn ends_with(&self) -> Uuid {
        match self {
            Self::Staff(caller) => caller.session.uuid(),
            Self::Machine(machine) => machine.credential.uuid(),
        }
    }

    /// When the token was made, UTC, to the second.
    pub fn issued_at(&self) -> DateTime<Utc> {
        match self {
            Self::Staff(caller) => caller.issued_at,
            Self::Machine(machine) => machine.issued_at,
        }
    }

    /// Where they work; `None`: for the agency as a whole, as every system does.
    pub fn office(&self) -> Option<OfficeId> {
        match self {
            Self::Staff(caller) => caller.office,
            Self::Machine(_) => None,
        }
    }

    /// Whether they may call an operation.
    pub fn may(&self, operation: &Operation) -> bool {
        match (operation.access, self) {
            (Access::Open, _) => true,
            (Access::Staff(permission), Self::Staff(caller)) => {
                role::allows(caller.role, permission)
            }
            (Access::Staff(_), Self::Machine(machine)) => operation
                .scope()
                .is_some_and(|scope| machine.scopes.contains(&scope)),
            (Access::Client, _) => false,
        }
    }
}

/// An operation that only people may call gets a person.
impl TryFrom<Bearer> for Caller {
    type Error = Bearer;

    fn try_from(bearer: Bearer) -> Result<Self, Bearer> {
        match bearer {
            Bearer::Staff(caller) => Ok(caller),
            other @ Bearer::Machine(_) => Err(other),
        }
    }
}

impl From<&Caller> for Bearer {
    fn from(caller: &Caller) -> Self {
        Self::Staff(*caller)
    }
}

impl From<Machine> for Bearer {
    fn from(machine: Machine) -> Self {
        Self::Machine(machine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::{self, Effect};

    fn machine(scopes: &[Permission]) -> Bearer {
        Bearer::Machine(Machine {
            agency: AgencyId::from_uuid(Uuid::from_u128(1)),
            integrator: IntegratorId::from_uuid(Uuid::from_u128(2)),
            credential: CredentialId::from_uuid(Uuid::from_u128(3)),
            scopes: scopes.into(),
            issued_at: DateTime::UNIX_EPOCH,
        })
    }

    /// Every operation of the table: with every scope, with every scope but its own, with all that
    /// people have.
    #[test]
    fn a_machine_may_what_its_scopes_say_and_nothing_else() {
        let given = |permission: &Permission| role::grantable(*permission);
        let all: Vec<Permission> = Permission::ALL.iter().copied().filter(given).collect();
        for operation in operations::ALL {
            let open = operation.access == Access::Open;
            let scope = operation.scope();
            assert_eq!(
                machine(&all).may(operation),
                open || scope.is_some(),
                "{}",
                operation.id
            );
            let others: Vec<Permission> = all
                .iter()
                .copied()
                .filter(|it| Some(*it) != scope)
                .collect();
            assert_eq!(machine(&others).may(operation), open, "{}", operation.id);
            let changes = matches!(operation.effect, Effect::Mutation | Effect::Secret);
            if changes && !open {
                let may = machine(Permission::ALL).may(operation);
                assert!(!may, "a machine may {}", operation.id);
            }
        }
    }
}
