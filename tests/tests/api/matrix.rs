//! Who may do what: one row per operation of the document, one column per caller.

/// Who calls, in the order of the columns. The objects are the `caseworker`'s, whose head is the
/// `supervisor`; to all others they are foreign, if they may see such objects at all.
///
/// Last come those without a column of their own: who covers for the caseworker, whose column it is but
/// for [`OWN`]; and the heads of the office's area and of another one, who are what the heads of the
/// office and of the other one are.
pub const CALLERS: [&str; 14] = [
    "nobody",
    "caseworker",
    "colleague",
    "supervisor",
    "other.caseworker",
    "other.supervisor",
    "foreign.supervisor",
    "agency_admin",
    "foreign.agency_admin",
    "security_admin",
    "auditor",
    "covering",
    "area.supervisor",
    "other.area.supervisor",
];

/// Operations on what is a person's own and not a client's: to whoever covers for the caseworker they
/// are what they are to an uninvolved caseworker.
const OWN: [&str; 3] = ["list_covers", "get_cover", "end_session"];

/// What a caller gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// `+`: is let through to the object.
    Through,
    /// `.`: is let through, and the object is not there for them.
    Without,
    /// `0`: 404, as if the object did not exist.
    NotFound,
    /// `-`: 403, whatever the object.
    Forbidden,
    /// `!`: 401.
    Unauthenticated,
}

/// What a call that is done leaves in the audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trail {
    /// One entry: it changes something.
    Change,
    /// One entry: it shows a client's file.
    File,
    /// None now: whoever acts on it makes the entry.
    Later,
    /// Nothing.
    None,
}

/// One operation.
#[derive(Debug)]
pub struct Row {
    pub operation: &'static str,
    pub answers: [Answer; CALLERS.len()],
    pub trail: Trail,
}

impl Row {
    /// The caller whose object it is, or else the first who may.
    pub fn main(&self) -> Option<&'static str> {
        let signed_in = self.answers.iter().zip(CALLERS).skip(1);
        signed_in
            .filter(|(answer, _)| **answer == Answer::Through)
            .map(|(_, caller)| caller)
            .next()
    }

    pub fn answer(&self, caller: &str) -> Answer {
        let (_, answer) = self.callers().find(|(name, _)| *name == caller).unwrap();
        answer
    }

    pub fn callers(&self) -> impl Iterator<Item = (&'static str, Answer)> {
        CALLERS.into_iter().zip(self.answers)
    }
}

/// The rows, in an order in which each can be done once: the story of [`crate::story`].
pub fn rows() -> Vec<Row> {
    TABLE
        .iter()
        .map(|(operation, answers, trail)| Row {
            operation,
            answers: std::array::from_fn(|column| answer(answers, same_as(operation, column))),
            trail: match trail {
                'C' => Trail::Change,
                'F' => Trail::File,
                'L' => Trail::Later,
                _ => Trail::None,
            },
        })
        .collect()
}

/// The column of the table that says what the caller in `column` gets.
fn same_as(operation: &str, column: usize) -> usize {
    let stands_for = match CALLERS[column] {
        "covering" if OWN.contains(&operation) => "other.caseworker",
        "covering" => "caseworker",
        "area.supervisor" => "supervisor",
        "other.area.supervisor" => "other.supervisor",
        caller => caller,
    };
    let place = CALLERS.iter().position(|&caller| caller == stands_for);
    place.unwrap()
}

fn answer(answers: &str, column: usize) -> Answer {
    match answers.as_bytes()[column] {
        b'+' => Answer::Through,
        b'.' => Answer::Without,
        b'0' => Answer::NotFound,
        b'-' => Answer::Forbidden,
        b'!' => Answer::Unauthenticated,
        other => panic!("{other} means nothing"),
    }
}

/// Operation; nobody, caseworker, colleague, supervisor, the other office's caseworker and
/// supervisor, the foreign supervisor, agency administration, the foreign one, security
/// administration, auditor; trail: `C`hange, `F`ile or nothing.
const TABLE: &[(&str, &str, char)] = &[
    ("create_session", "+++++++++++", 'C'),
    ("refresh_session", "+++++++++++", 'C'),
    ("create_office", "!------++--", 'C'),
    ("list_offices", "!+++++.+.--", ' '),
    ("get_office", "!+++++0+0--", ' '),
    ("update_office", "!------+0--", 'C'),
    ("create_staff", "!------++--", 'C'),
    ("list_staff", "!+++++.+.+-", ' '),
    ("get_staff", "!+++++0+0+-", ' '),
    ("update_staff", "!------+0--", 'C'),
    ("reset_password", "!--------+-", 'C'),
    ("list_staff_sessions", "!--------+-", ' '),
    ("end_staff_sessions", "!--------+-", 'C'),
    ("create_cover", "!--+-++++--", 'C'),
    ("list_covers", "!+++...+.--", ' '),
    ("get_cover", "!+++000+0--", ' '),
    ("end_cover", "!--+-00+0--", 'C'),
    ("create_integrator", "!--------+-", 'C'),
    ("list_integrators", "!--------+-", ' '),
    ("get_integrator", "!--------+-", ' '),
    ("rotate_integrator_secret", "!--------+-", 'C'),
    ("deactivate_integrator", "!--------+-", 'C'),
    ("publish_rule_pack", "!------++--", 'C'),
    ("check_rule_pack", "!++++++++--", ' '),
    ("list_rule_packs", "!+++++.+.--", ' '),
    ("get_rule_pack", "!+++++0+0--", ' '),
    ("put_calendar", "!------++--", 'C'),
    ("list_calendars", "!+++++.+.--", ' '),
    ("get_calendar", "!+++++0+0--", ' '),
    ("put_template", "!------++--", 'C'),
    ("review_template", "!------++--", 'C'),
    ("list_templates", "!+++++.+.--", ' '),
    ("preview_template", "!++++++++--", ' '),
    ("put_provider_template", "!------++--", 'C'),
    ("list_provider_templates", "!+++++.+.--", ' '),
    ("delete_provider_template", "!------++--", 'C'),
    ("reset_template", "!------++--", 'C'),
    ("preview_schedule", "!++++++++--", ' '),
    ("register_client", "!++++++----", 'C'),
    ("list_clients", "!+.+...----", ' '),
    ("search_clients", "!+.+...----", ' '),
    ("get_client", "!+0+000----", 'F'),
    ("update_client", "!+0+000----", 'C'),
    ("reveal_client", "!+0+000----", 'C'),
    ("record_consent", "!+0+000----", 'C'),
    ("list_consents", "!+0+000----", 'F'),
    ("add_family_contact", "!+0+000----", 'C'),
    ("list_family_contacts", "!+0+000----", 'F'),
    ("get_family_contact", "!+0+000----", 'F'),
    ("end_family_contact", "!+0+000----", 'C'),
    ("withdraw_consent", "!+0+000----", 'C'),
    ("list_check_ins", "!+0+000----", 'F'),
    ("register_case", "!+0+000----", 'C'),
    ("list_cases", "!+.+...----", ' '),
    ("get_case", "!+0+000----", 'F'),
    ("report_in_case", "!+0+000----", 'C'),
    ("list_case_transitions", "!+0+000----", 'F'),
    ("replan_case", "!+0+000----", 'C'),
    ("list_case_appointments", "!+0+000----", ' '),
    ("list_appointments", "!+.+...----", ' '),
    ("get_appointment", "!+0+000----", ' '),
    ("record_test", "!+0+000----", 'C'),
    ("record_additional_test", "!+0+000----", 'C'),
    ("list_case_tests", "!+0+000----", 'F'),
    ("get_test_record", "!+0+000----", 'F'),
    ("request_excuse", "!+0+000----", 'C'),
    ("list_excuses", "!+.+...----", ' '),
    ("get_excuse", "!+0+000----", 'F'),
    ("withdraw_excuse", "!+0+000----", 'C'),
    ("decide_excuse", "!--+-00----", 'C'),
    ("label_appointment", "!+0+000----", 'C'),
    ("list_escalations", "!+.+...----", ' '),
    ("get_escalation", "!+0+000----", 'F'),
    ("add_escalation_statement", "!+0+000----", 'C'),
    ("submit_escalation", "!+0+000----", 'C'),
    ("sign_off_escalation", "!--+-00----", 'C'),
    ("refer_escalation", "!+0+000----", 'C'),
    ("close_escalation", "!+0+000----", 'C'),
    ("dismiss_escalation", "!--+-00----", 'C'),
    ("list_messages", "!+.+...----", ' '),
    ("get_message", "!+0+000----", 'F'),
    ("resend_message", "!+0+000----", 'C'),
    ("set_message_budget", "!------+0--", 'C'),
    ("get_message_budget", "!+++++0+0--", ' '),
    ("create_sending_pause", "!--+-++++--", 'C'),
    ("list_sending_pauses", "!+++...+.--", ' '),
    ("get_sending_pause", "!+++000+0--", ' '),
    ("end_sending_pause", "!--+-00+0--", 'C'),
    ("receive_receipt", "+++++++++++", 'C'),
    ("receive_vendor_receipts", "+++++++++++", 'L'),
    ("receive_vendor_replies", "+++++++++++", 'L'),
    ("check_wechat_callback", "+++++++++++", ' '),
    ("receive_wechat_callback", "+++++++++++", 'L'),
    ("receive_reply", "+++++++++++", 'C'),
    ("list_tasks", "!+.+...----", ' '),
    ("get_task", "!+0+000----", 'F'),
    ("complete_task", "!+0+000----", 'C'),
    ("get_today", "!+.+...----", ' '),
    ("request_client_code", "+++++++++++", 'L'),
    ("create_client_session", "+++++++++++", 'C'),
    ("create_wechat_session", "+++++++++++", 'C'),
    ("refresh_client_session", "+++++++++++", 'C'),
    // Clients have tokens of their own.
    ("get_me", "!!!!!!!!!!!", ' '),
    ("list_my_appointments", "!!!!!!!!!!!", ' '),
    ("confirm_my_appointment", "!!!!!!!!!!!", 'C'),
    ("get_my_ledger", "!!!!!!!!!!!", ' '),
    ("create_my_check_in", "!!!!!!!!!!!", 'C'),
    ("request_my_excuse", "!!!!!!!!!!!", 'C'),
    ("request_my_help", "!!!!!!!!!!!", 'C'),
    ("request_my_correction", "!!!!!!!!!!!", 'C'),
    ("list_my_sessions", "!!!!!!!!!!!", ' '),
    ("end_my_session", "!!!!!!!!!!!", 'C'),
    ("give_my_consent", "!!!!!!!!!!!", 'C'),
    ("list_my_consents", "!!!!!!!!!!!", ' '),
    ("withdraw_my_consent", "!!!!!!!!!!!", 'C'),
    ("bind_my_wechat", "!!!!!!!!!!!", 'C'),
    ("list_my_wechat_bindings", "!!!!!!!!!!!", ' '),
    ("unbind_my_wechat", "!!!!!!!!!!!", 'C'),
    ("export_me", "!!!!!!!!!!!", 'F'),
    ("delete_client_session", "!!!!!!!!!!!", 'C'),
    ("terminate_case", "!--+-00----", 'C'),
    ("complete_case", "!--+-00----", 'C'),
    ("list_frozen_cases", "!--+-..----", ' '),
    ("open_frozen_case", "!--+-00----", 'C'),
    ("list_audit_entries", "!---------+", ' '),
    ("export_audit_entries", "!---------+", 'F'),
    ("list_retention_reports", "!--------++", ' '),
    // Outside a sandbox nobody has one.
    ("get_sandbox_clock", "!0000000000", ' '),
    ("move_sandbox_clock", "!0000000000", ' '),
    ("list_sandbox_outbox", "!0000000000", ' '),
    ("delete_session", "!++++++++++", 'C'),
    ("get_session", "!++++++++++", ' '),
    ("list_sessions", "!++++++++++", ' '),
    ("end_session", "!+000000000", 'C'),
    ("begin_second_factor", "!++++++++++", 'C'),
    ("confirm_second_factor", "!++++++++++", 'C'),
    ("set_my_notices", "!++++++----", 'C'),
    ("change_password", "!++++++++++", 'C'),
    // Last: it signs the caseworker out.
    ("reset_second_factor", "!--------+-", 'C'),
];
