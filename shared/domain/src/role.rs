//! The one permission table.
//!
//! System, security and audit administration exclude one another (三员分立): who keeps accounts does
//! not publish rules, who does either does not read the trail, and none of them sees a client's file.

use crate::{Role, coded};

coded! {
    /// What an operation needs. One per family of staff operations.
    Permission {
        /// Own account and sessions.
        ReadSelf = "read_self",
        /// How one is told of one's own work.
        SetOwnNotices = "set_own_notices",
        ListOffices = "list_offices",
        ManageOffices = "manage_offices",
        ListStaff = "list_staff",
        /// Create staff members, change their role and office.
        ManageStaff = "manage_staff",
        /// Lock accounts, reset passwords and second factors.
        ManageAccounts = "manage_accounts",
        RevokeSessions = "revoke_sessions",
        /// Covers for absent colleagues: own ones, the office's, the agency's.
        ReadCovers = "read_covers",
        /// Arrange and end them.
        ManageCovers = "manage_covers",
        ReadClients = "read_clients",
        WriteClients = "write_clients",
        /// Cases with their appointments, tests and excuses.
        ReadCases = "read_cases",
        /// Register a case, report in, re-plan, hand over.
        WriteCases = "write_cases",
        /// Complete or terminate a case.
        EndCases = "end_cases",
        /// Let the frozen file of a case be read for a while.
        OpenFrozenFiles = "open_frozen_files",
        RecordTests = "record_tests",
        RequestExcuses = "request_excuses",
        DecideExcuses = "decide_excuses",
        LabelMisses = "label_misses",
        ReadEscalations = "read_escalations",
        /// Statement and submission.
        ReviewEscalations = "review_escalations",
        SignOffEscalations = "sign_off_escalations",
        DismissEscalations = "dismiss_escalations",
        /// Hand over to the police, type in their outcome.
        ReferEscalations = "refer_escalations",
        ReadMessages = "read_messages",
        /// Have a message sent again.
        ResendMessages = "resend_messages",
        /// Pauses of an office's or a gateway's sending.
        ReadSendingPauses = "read_sending_pauses",
        /// Make and end them: for the own office or area, or for the agency.
        PauseSending = "pause_sending",
        ReadTasks = "read_tasks",
        WriteTasks = "write_tasks",
        ReadToday = "read_today",
        PreviewSchedules = "preview_schedules",
        ReadRulePacks = "read_rule_packs",
        PublishRulePacks = "publish_rule_packs",
        ReadCalendars = "read_calendars",
        ManageCalendars = "manage_calendars",
        ReadTemplates = "read_templates",
        ManageTemplates = "manage_templates",
        ReadAudit = "read_audit",
        /// What was deleted and kept, as numbers.
        ReadRetention = "read_retention",
    }
}

/// Whether a role has a permission.
pub const fn allows(role: Role, permission: Permission) -> bool {
    use Permission as P;
    match permission {
        P::ReadSelf => true,
        P::SetOwnNotices
        | P::ReadClients
        | P::WriteClients
        | P::ReadCases
        | P::WriteCases
        | P::RecordTests
        | P::RequestExcuses
        | P::LabelMisses
        | P::ReadEscalations
        | P::ReviewEscalations
        | P::ReferEscalations
        | P::ReadMessages
        | P::ResendMessages
        | P::ReadTasks
        | P::WriteTasks
        | P::ReadToday => matches!(role, Role::Caseworker | Role::Supervisor),
        P::EndCases
        | P::OpenFrozenFiles
        | P::DecideExcuses
        | P::SignOffEscalations
        | P::DismissEscalations => matches!(role, Role::Supervisor),
        P::ListOffices
        | P::PreviewSchedules
        | P::ReadRulePacks
        | P::ReadCalendars
        | P::ReadTemplates
        | P::ReadSendingPauses
        | P::ReadCovers => {
            matches!(
                role,
                Role::Caseworker | Role::Supervisor | Role::AgencyAdmin
            )
        }
        P::ListStaff => matches!(
            role,
            Role::Caseworker | Role::Supervisor | Role::AgencyAdmin | Role::SecurityAdmin
        ),
        P::ManageCovers | P::PauseSending => {
            matches!(role, Role::Supervisor | Role::AgencyAdmin)
        }
        // Whose accounts each of them makes is for [`appoints`] to say.
        P::ManageStaff => matches!(role, Role::AgencyAdmin | Role::SecurityAdmin),
        P::ManageOffices | P::PublishRulePacks | P::ManageCalendars | P::ManageTemplates => {
            matches!(role, Role::AgencyAdmin)
        }
        P::ManageAccounts | P::RevokeSessions => matches!(role, Role::SecurityAdmin),
        P::ReadAudit => matches!(role, Role::Auditor),
        P::ReadRetention => matches!(role, Role::Auditor | Role::SecurityAdmin),
    }
}

/// Whether another system may be given a permission as a scope. It reads what people work with, in
/// the whole agency; what is recorded, decided or signed of a person is so by somebody who can be
/// asked about it.
pub const fn grantable(permission: Permission) -> bool {
    use Permission as P;
    matches!(
        permission,
        P::ListOffices
            | P::ListStaff
            | P::ReadClients
            | P::ReadCases
            | P::ReadEscalations
            | P::ReadMessages
            | P::ReadTasks
            | P::PreviewSchedules
            | P::ReadRulePacks
            | P::ReadCalendars
            | P::ReadTemplates
    )
}

/// Whether a session must be known to go on, at this moment and in the database, before something
/// is changed by this permission: what is then done cannot be taken back, or widens rights.
pub const fn is_sensitive(permission: Permission) -> bool {
    use Permission as P;
    matches!(
        permission,
        // What changes something by a right to read reveals it, or is about the own password.
        P::ReadSelf
            | P::ReadClients
            | P::EndCases
            | P::OpenFrozenFiles
            | P::SignOffEscalations
            | P::DismissEscalations
            | P::ReferEscalations
            | P::ManageStaff
            | P::ManageAccounts
            | P::RevokeSessions
            | P::ManageCovers
            | P::ReadAudit
    )
}

/// Whether a role gives and takes another role, and locks whoever has it: the system's administration
/// those who work with cases and its own, the security administration itself and the audit.
///
/// So nobody who keeps the system makes the account that watches it, nor the other way round. The
/// first account of each is made on the machine itself.
pub const fn appoints(by: Role, role: Role) -> bool {
    match by {
        Role::AgencyAdmin => matches!(
            role,
            Role::Caseworker | Role::Supervisor | Role::AgencyAdmin
        ),
        Role::SecurityAdmin => matches!(role, Role::SecurityAdmin | Role::Auditor),
        Role::Caseworker | Role::Supervisor | Role::Auditor => false,
    }
}

/// Whether two roles may never be one person's in an agency: two different ones of system, security
/// and audit administration (三员分立). Neither by two accounts nor one after the other by one.
pub fn exclude_one_another(one: Role, other: Role) -> bool {
    let administers = |role| {
        matches!(
            role,
            Role::AgencyAdmin | Role::SecurityAdmin | Role::Auditor
        )
    };
    one != other && administers(one) && administers(other)
}

/// How far a role sees in case data. What lies outside answers "not found", never "forbidden".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The cases assigned to the staff member, and those covered for a colleague.
    OwnCases,
    /// Every case of the staff member's office.
    Office,
    /// The whole agency, as figures without names.
    Agency,
    /// No case data.
    None,
}

/// The reach of a role. It narrows what [`allows`] grants and grants nothing itself.
pub const fn reach(role: Role) -> Reach {
    match role {
        Role::Caseworker => Reach::OwnCases,
        Role::Supervisor => Reach::Office,
        Role::AgencyAdmin => Reach::Agency,
        Role::SecurityAdmin | Role::Auditor => Reach::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Permission as P;

    fn granted(role: Role) -> Vec<P> {
        P::ALL
            .iter()
            .copied()
            .filter(|&permission| allows(role, permission))
            .collect()
    }

    #[test]
    fn the_three_administrations_exclude_one_another() {
        let admins = [Role::AgencyAdmin, Role::SecurityAdmin, Role::Auditor];
        for one in admins {
            for other in admins.into_iter().filter(|&other| other != one) {
                let shared: Vec<P> = granted(one)
                    .into_iter()
                    .filter(|&p| allows(other, p))
                    .collect();
                // Two of them keep accounts, and none of them the same: see below.
                let harmless = |p: &P| {
                    matches!(
                        p,
                        P::ReadSelf | P::ListStaff | P::ReadRetention | P::ManageStaff
                    )
                };
                assert!(
                    shared.iter().all(harmless),
                    "{one} and {other} share {shared:?}"
                );
            }
        }
    }

    #[test]
    fn every_role_is_given_by_one_role_that_may_keep_accounts() {
        for &role in Role::ALL {
            let givers = Role::ALL.iter().filter(|&&by| appoints(by, role));
            assert_eq!(givers.count(), 1, "{role}");
        }
        for &by in Role::ALL {
            let appoints_somebody = Role::ALL.iter().any(|&role| appoints(by, role));
            assert_eq!(appoints_somebody, allows(by, P::ManageStaff), "{by}");
        }
    }

    #[test]
    fn two_administrations_are_never_one_persons() {
        let pairs = Role::ALL
            .iter()
            .flat_map(|one| Role::ALL.iter().map(move |other| (*one, *other)));
        let excluded = pairs.filter(|(one, other)| exclude_one_another(*one, *other));
        assert_eq!(excluded.count(), 6);
        assert!(exclude_one_another(Role::SecurityAdmin, Role::Auditor));
        assert!(!exclude_one_another(Role::Auditor, Role::Auditor));
        assert!(!exclude_one_another(Role::Supervisor, Role::AgencyAdmin));
    }

    #[test]
    fn administrations_see_no_client_and_no_case() {
        let case_data = [
            P::ReadClients,
            P::WriteClients,
            P::ReadCases,
            P::WriteCases,
            P::EndCases,
            P::OpenFrozenFiles,
            P::RecordTests,
            P::RequestExcuses,
            P::DecideExcuses,
            P::LabelMisses,
            P::ReadEscalations,
            P::ReviewEscalations,
            P::SignOffEscalations,
            P::DismissEscalations,
            P::ReferEscalations,
            P::ReadMessages,
            P::ResendMessages,
            P::ReadTasks,
            P::WriteTasks,
            P::ReadToday,
        ];
        for role in [Role::AgencyAdmin, Role::SecurityAdmin, Role::Auditor] {
            for permission in case_data {
                assert!(!allows(role, permission), "{role} {permission}");
            }
        }
    }

    #[test]
    fn the_auditor_reads_the_trail_and_what_was_deleted_and_nothing_else() {
        assert_eq!(
            granted(Role::Auditor),
            [P::ReadSelf, P::ReadAudit, P::ReadRetention]
        );
    }

    #[test]
    fn the_security_admin_keeps_accounts_and_sessions() {
        assert_eq!(
            granted(Role::SecurityAdmin),
            [
                P::ReadSelf,
                P::ListStaff,
                P::ManageStaff,
                P::ManageAccounts,
                P::RevokeSessions,
                P::ReadRetention
            ]
        );
    }

    #[test]
    fn the_supervisor_decides_on_top_of_what_caseworkers_do() {
        let extra: Vec<P> = granted(Role::Supervisor)
            .into_iter()
            .filter(|&permission| !allows(Role::Caseworker, permission))
            .collect();
        assert_eq!(
            extra,
            [
                P::ManageCovers,
                P::EndCases,
                P::OpenFrozenFiles,
                P::DecideExcuses,
                P::SignOffEscalations,
                P::DismissEscalations,
                P::PauseSending
            ]
        );
        assert!(
            granted(Role::Caseworker)
                .iter()
                .all(|&p| allows(Role::Supervisor, p))
        );
    }

    #[test]
    fn machines_decide_and_administer_nothing() {
        let given: Vec<P> = P::ALL.iter().copied().filter(|&p| grantable(p)).collect();
        assert!(!given.is_empty());
        for permission in given {
            let word = permission.as_str();
            let reads = ["read_", "list_", "preview_"];
            assert!(reads.iter().any(|verb| word.starts_with(verb)), "{word}");
        }
        assert!(!grantable(P::ReadAudit) && !grantable(P::ReadSelf) && !grantable(P::ReadToday));
    }

    #[test]
    fn every_permission_is_someones() {
        for &permission in P::ALL {
            assert!(
                Role::ALL.iter().any(|&role| allows(role, permission)),
                "{permission}"
            );
        }
    }

    #[test]
    fn whoever_reads_cases_reaches_an_office_at_most() {
        for &role in Role::ALL {
            let near = matches!(reach(role), Reach::OwnCases | Reach::Office);
            assert_eq!(allows(role, P::ReadCases), near, "{role}");
        }
    }
}
