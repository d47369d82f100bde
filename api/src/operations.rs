//! The table of operations: who may, what it does, and what it can answer.
//!
//! Extractors enforce it, the document is completed from it, and tests take their coverage from it.
//! One table, however long: what two operations have in common or not is seen side by side.

use domain::{
    RefusalCode,
    role::{self, Permission},
};

use crate::problem_code::ProblemCode;

/// Method of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or makes a step.
    Post,
    /// Changes the fields given.
    Patch,
    /// Replaces.
    Put,
    /// Ends.
    Delete,
}

impl Method {
    /// As it stands in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Open,
    /// Staff whose role has the permission ([`domain::role`]).
    Staff(Permission),
    /// Clients, each for what is their own.
    Client,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Changes nothing and shows no client's file.
    Read,
    /// Changes nothing and shows a client's file: one audit entry.
    ReadFile,
    /// Changes something: one audit entry.
    Mutation,
    /// Changes something and shows a secret this once: one audit entry. The answer is kept nowhere,
    /// so it cannot be repeated.
    Secret,
    /// Changes nothing, though its input comes as a body.
    Compute,
    /// Takes in what somebody unknown asks for. Whose it is, and so in whose trail it stands, shows
    /// when it is acted on.
    Intake,
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// `verb_resource`: the `operationId`, the handler's name, and the `action` of the audit trail.
    pub id: &'static str,
    /// Method.
    pub method: Method,
    /// Path with `{parameters}`.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
    /// What it does.
    pub effect: Effect,
    /// Kind of object, for the audit trail.
    pub object: &'static str,
    /// Refusals of the rules that are its own; those of its shape are added by [`Self::problems`].
    pub refusals: &'static [RefusalCode],
    /// Problems beyond the rules that are its own.
    pub others: &'static [ProblemCode],
}

/// A marker type of an operation, for extractors.
pub trait Op: 'static {
    /// The row of the table.
    const OPERATION: &'static Operation;
}

impl Operation {
    /// Whether it takes a JSON body.
    pub const fn has_body(&self) -> bool {
        matches!(self.method, Method::Post | Method::Patch | Method::Put)
    }

    /// Whether providers post to it, each in its own form: what they say of the form is not asked.
    pub fn is_for_providers(&self) -> bool {
        self.path.starts_with("/v1/gateways/")
    }

    /// Whether the same request may be sent again under an `Idempotency-Key`.
    pub const fn takes_idempotency_key(&self) -> bool {
        matches!(self.method, Method::Post)
            && matches!(self.effect, Effect::Mutation)
            && matches!(self.access, Access::Staff(_) | Access::Client)
    }

    /// Whether each call leaves one entry in the audit trail.
    pub const fn is_audited(&self) -> bool {
        matches!(
            self.effect,
            Effect::Mutation | Effect::Secret | Effect::ReadFile
        )
    }

    /// Whether it changes what is in a case's file: not once that is frozen.
    fn changes_a_file(&self) -> bool {
        let files = [
            "case",
            "appointment",
            "test_record",
            "excuse",
            "escalation",
            "message",
            "task",
        ];
        let staff = matches!(self.access, Access::Staff(_));
        let changes = staff && matches!(self.effect, Effect::Mutation);
        changes && files.contains(&self.object) && self.id != "register_case"
    }

    /// The scope that another system needs for it; `None`: no system may. Systems change nothing.
    pub const fn scope(&self) -> Option<Permission> {
        match (self.access, self.effect) {
            (Access::Staff(permission), Effect::Read | Effect::ReadFile | Effect::Compute)
                if role::grantable(permission) =>
            {
                Some(permission)
            }
            _ => None,
        }
    }

    /// Whether the session is looked up in the database before it is done: no other process may have
    /// ended it a moment ago.
    pub const fn is_sensitive(&self) -> bool {
        match (self.access, self.effect) {
            (_, Effect::Secret) => true,
            (Access::Staff(permission), Effect::Mutation) => role::is_sensitive(permission),
            _ => false,
        }
    }

    /// Whether it takes query parameters: a list does, for its pages, and what says that it can refuse
    /// them. Others refuse any of their own accord.
    pub fn takes_query(&self) -> bool {
        let has_pages = matches!(self.method, Method::Get);
        self.others.iter().any(|code| match code {
            ProblemCode::InvalidCursor => has_pages,
            code => *code == ProblemCode::InvalidQuery,
        })
    }

    /// Every problem it can answer, sorted, each once.
    pub fn problems(&self) -> Vec<ProblemCode> {
        use ProblemCode as P;
        let mut codes = vec![
            P::Internal,
            P::Unavailable,
            P::TooManyRequests,
            P::HeadTooLarge,
            P::InvalidQuery,
        ];
        if matches!(self.access, Access::Staff(_)) {
            codes.extend([P::Unauthenticated, P::TokenExpired, P::Forbidden]);
        }
        if matches!(self.access, Access::Client) {
            codes.extend([P::Unauthenticated, P::TokenExpired]);
        }
        if matches!(self.access, Access::Staff(it) if it != Permission::ReadSelf) {
            codes.extend([P::SecondFactorRequired, P::PasswordChangeRequired]);
        }
        if self.has_body() {
            codes.extend([P::MalformedJson, P::RequestTimeout, P::PayloadTooLarge]);
        }
        if self.has_body() && !self.is_for_providers() {
            codes.extend([P::UnsupportedMediaType, P::JsonTooComplex]);
        }
        // What another system says is its affair: it is a receipt or reply, or it is none.
        let is_foreign = self.is_for_providers() || self.others.contains(&P::InvalidSignature);
        if self.has_body() && !is_foreign {
            codes.extend([P::UnknownField, P::Refused(RefusalCode::InvalidValue)]);
        }
        if self.path.contains('{') {
            codes.push(P::Refused(RefusalCode::NotFound));
        }
        if self.takes_idempotency_key() {
            codes.extend([P::IdempotencyKeyReused, P::InvalidHeader]);
        }
        if self.changes_a_file() {
            codes.push(P::Refused(RefusalCode::CaseFrozen));
        }
        if matches!(self.method, Method::Patch) {
            codes.extend([P::StaleVersion, P::InvalidHeader]);
        }
        codes.extend(self.others);
        codes.extend(self.refusals.iter().copied().map(P::Refused));
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// Writes the table: one line per operation. Makes a marker type per operation and [`ALL`].
macro_rules! operations {
    ($(
        $(#[$meta:meta])*
        $marker:ident = $id:ident: $method:ident $path:literal, $access:expr, $effect:ident $object:literal
        $(, refuses [$($refusal:ident),* $(,)?])? $(, also [$($other:ident),* $(,)?])?;
    )+) => {
        $(
            #[doc = concat!("`", stringify!($id), "`: ", $path)]
            $(#[$meta])*
            #[derive(Debug)]
            pub enum $marker {}

            impl Op for $marker {
                const OPERATION: &'static Operation = &Operation {
                    id: stringify!($id),
                    method: Method::$method,
                    path: $path,
                    access: $access,
                    effect: Effect::$effect,
                    object: $object,
                    refusals: &[$($(RefusalCode::$refusal),*)?],
                    others: &[$($(ProblemCode::$other),*)?],
                };
            }
        )+

        /// Every operation, in the order of the document.
        pub const ALL: &[&Operation] = &[$(<$marker as Op>::OPERATION),+];
    };
}

const fn may(permission: Permission) -> Access {
    Access::Staff(permission)
}

use Access::{Client, Open};
use Permission as P;

operations! {
    CreateSession = create_session: Post "/v1/sessions", Open, Mutation "session",
        also [InvalidCredentials, OneTimeCodeRequired];
    RefreshSession = refresh_session: Post "/v1/sessions/refresh", Open, Mutation "session",
        also [InvalidRefreshToken, RefreshTokenReused];
    DeleteSession = delete_session: Delete "/v1/sessions/current", may(P::ReadSelf),
        Mutation "session";
    GetSession = get_session: Get "/v1/sessions/current", may(P::ReadSelf), Read "session";
    ListSessions = list_sessions: Get "/v1/sessions", may(P::ReadSelf), Read "session";
    EndSession = end_session: Delete "/v1/sessions/{id}", may(P::ReadSelf), Mutation "session";
    ChangePassword = change_password: Put "/v1/sessions/current/password", may(P::ReadSelf),
        Mutation "staff", refuses [PasswordRefused], also [InvalidCredentials];
    BeginSecondFactor = begin_second_factor: Put "/v1/sessions/current/second-factor",
        may(P::ReadSelf), Mutation "staff", also [InvalidCredentials, OneTimeCodeRequired];
    ConfirmSecondFactor = confirm_second_factor:
        Put "/v1/sessions/current/second-factor/confirmation", may(P::ReadSelf), Mutation "staff",
        refuses [Conflict];
    SetMyNotices = set_my_notices: Put "/v1/sessions/current/notices", may(P::SetOwnNotices),
        Mutation "staff";
    CreateOffice = create_office: Post "/v1/offices", may(P::ManageOffices), Mutation "office",
        refuses [InvalidPhone, WordingRefused];
    ListOffices = list_offices: Get "/v1/offices", may(P::ListOffices), Read "office",
        also [InvalidCursor];
    GetOffice = get_office: Get "/v1/offices/{id}", may(P::ListOffices), Read "office";
    UpdateOffice = update_office: Patch "/v1/offices/{id}", may(P::ManageOffices),
        Mutation "office", refuses [InvalidPhone, WordingRefused];
    CreateStaff = create_staff: Post "/v1/staff", may(P::ManageStaff), Mutation "staff",
        refuses [InvalidPhone, UsernameTaken, PasswordRefused, Conflict];
    ListStaff = list_staff: Get "/v1/staff", may(P::ListStaff), Read "staff",
        also [InvalidCursor];
    GetStaff = get_staff: Get "/v1/staff/{id}", may(P::ListStaff), Read "staff";
    UpdateStaff = update_staff: Patch "/v1/staff/{id}", may(P::ManageStaff), Mutation "staff",
        refuses [InvalidPhone, Conflict];
    ResetPassword = reset_password: Put "/v1/staff/{id}/password", may(P::ManageAccounts),
        Mutation "staff", refuses [PasswordRefused, Conflict];
    ResetSecondFactor = reset_second_factor: Delete "/v1/staff/{id}/second-factor",
        may(P::ManageAccounts), Mutation "staff", refuses [Conflict];
    ListStaffSessions = list_staff_sessions: Get "/v1/staff/{id}/sessions", may(P::RevokeSessions),
        Read "session";
    EndStaffSessions = end_staff_sessions: Delete "/v1/staff/{id}/sessions",
        may(P::RevokeSessions), Mutation "staff";
    CreateCover = create_cover: Post "/v1/covers", may(P::ManageCovers), Mutation "cover",
        refuses [Conflict];
    ListCovers = list_covers: Get "/v1/covers", may(P::ReadCovers), Read "cover",
        also [InvalidCursor];
    GetCover = get_cover: Get "/v1/covers/{id}", may(P::ReadCovers), Read "cover";
    EndCover = end_cover: Delete "/v1/covers/{id}", may(P::ManageCovers), Mutation "cover";
    CreateIntegrator = create_integrator: Post "/v1/integrators", may(P::ManageAccounts),
        Secret "integrator";
    ListIntegrators = list_integrators: Get "/v1/integrators", may(P::ManageAccounts),
        Read "integrator", also [InvalidCursor];
    GetIntegrator = get_integrator: Get "/v1/integrators/{id}", may(P::ManageAccounts),
        Read "integrator";
    RotateIntegratorSecret = rotate_integrator_secret: Post "/v1/integrators/{id}/secret",
        may(P::ManageAccounts), Secret "integrator", refuses [Conflict];
    DeactivateIntegrator = deactivate_integrator: Post "/v1/integrators/{id}/deactivation",
        may(P::ManageAccounts), Mutation "integrator";
    ListAuditEntries = list_audit_entries: Get "/v1/audit-entries", may(P::ReadAudit),
        Read "audit_entry", also [InvalidCursor];
    ExportAuditEntries = export_audit_entries: Get "/v1/audit-entries/export", may(P::ReadAudit),
        ReadFile "audit_entry", also [InvalidQuery];
    ListRetentionReports = list_retention_reports: Get "/v1/retention-reports",
        may(P::ReadRetention), Read "retention_report", also [InvalidCursor];
    PublishRulePack = publish_rule_pack: Post "/v1/rule-packs", may(P::PublishRulePacks),
        Mutation "rule_pack", refuses [RulePackInvalid, RulePackPublished];
    CheckRulePack = check_rule_pack: Post "/v1/rule-packs/checks", may(P::ReadRulePacks),
        Compute "rule_pack";
    ListRulePacks = list_rule_packs: Get "/v1/rule-packs", may(P::ReadRulePacks), Read "rule_pack",
        also [InvalidCursor];
    GetRulePack = get_rule_pack: Get "/v1/rule-packs/{id}/{version}", may(P::ReadRulePacks),
        Read "rule_pack";
    ListCalendars = list_calendars: Get "/v1/calendars", may(P::ReadCalendars), Read "calendar";
    GetCalendar = get_calendar: Get "/v1/calendars/{year}", may(P::ReadCalendars), Read "calendar";
    PutCalendar = put_calendar: Put "/v1/calendars/{year}", may(P::ManageCalendars),
        Mutation "calendar", refuses [CalendarInvalid], also [InvalidQuery];
    ListTemplates = list_templates: Get "/v1/templates", may(P::ReadTemplates), Read "template";
    PreviewTemplate = preview_template: Post "/v1/templates/previews", may(P::ReadTemplates),
        Compute "template", refuses [NotFound, WordingRefused];
    ResetTemplate = reset_template: Delete "/v1/templates/{kind}/{step}", may(P::ManageTemplates),
        Mutation "template", also [StaleVersion, InvalidHeader];
    PutTemplate = put_template: Put "/v1/templates/{kind}/{step}", may(P::ManageTemplates),
        Mutation "template", refuses [WordingRefused], also [StaleVersion, InvalidHeader];
    ReviewTemplate = review_template: Post "/v1/templates/{kind}/{step}/review",
        may(P::ManageTemplates), Mutation "template",
        refuses [ReviewByAuthor, NoteRequired, WordingRefused, Conflict], also [StaleVersion];
    ListProviderTemplates = list_provider_templates: Get "/v1/provider-templates",
        may(P::ReadTemplates), Read "provider_template";
    PutProviderTemplate = put_provider_template:
        Put "/v1/provider-templates/{provider}/{kind}/{step}", may(P::ManageTemplates),
        Mutation "provider_template", also [StaleVersion, InvalidHeader];
    DeleteProviderTemplate = delete_provider_template:
        Delete "/v1/provider-templates/{provider}/{kind}/{step}", may(P::ManageTemplates),
        Mutation "provider_template", also [StaleVersion, InvalidHeader];
    RegisterClient = register_client: Post "/v1/clients", may(P::WriteClients), Mutation "client",
        refuses [InvalidIdNumber, InvalidPhone, DateInFuture, ClientExists];
    ListClients = list_clients: Get "/v1/clients", may(P::ReadClients), Read "client",
        also [InvalidCursor];
    SearchClients = search_clients: Post "/v1/clients/search", may(P::ReadClients),
        Compute "client", also [InvalidCursor];
    GetClient = get_client: Get "/v1/clients/{id}", may(P::ReadClients), ReadFile "client";
    UpdateClient = update_client: Patch "/v1/clients/{id}", may(P::WriteClients), Mutation "client",
        refuses [CaseFrozen, InvalidIdNumber, InvalidPhone, DateInFuture, ClientExists];
    RevealClient = reveal_client: Post "/v1/clients/{id}/reveal", may(P::ReadClients), Secret "client";
    ListCheckIns = list_check_ins: Get "/v1/clients/{id}/check-ins", may(P::ReadClients),
        ReadFile "client", also [InvalidCursor];
    ListConsents = list_consents: Get "/v1/clients/{id}/consents", may(P::ReadClients),
        ReadFile "client", also [InvalidCursor];
    RecordConsent = record_consent: Post "/v1/clients/{id}/consents", may(P::WriteClients),
        Mutation "consent", refuses [DateInFuture, CaseFrozen];
    WithdrawConsent = withdraw_consent: Post "/v1/clients/{id}/consents/withdrawals",
        may(P::WriteClients), Mutation "consent", refuses [DateInFuture, ConsentNotInForce];
    ListFamilyContacts = list_family_contacts: Get "/v1/clients/{id}/family-contacts",
        may(P::ReadClients), ReadFile "client", also [InvalidCursor];
    AddFamilyContact = add_family_contact: Post "/v1/clients/{id}/family-contacts",
        may(P::WriteClients), Mutation "family_contact",
        refuses [InvalidPhone, ConsentNotInForce, CaseFrozen];
    GetFamilyContact = get_family_contact: Get "/v1/family-contacts/{id}", may(P::ReadClients),
        ReadFile "family_contact";
    EndFamilyContact = end_family_contact: Delete "/v1/family-contacts/{id}",
        may(P::WriteClients), Mutation "family_contact", refuses [Conflict],
        also [StaleVersion, InvalidHeader];
    RegisterCase = register_case: Post "/v1/clients/{id}/cases", may(P::WriteCases), Mutation "case",
        refuses [CaseworkerNotInOffice, DateInFuture, DateBeforeDecision, UnknownRulePack,
            MeasureNotInPack, InvalidTerm, CaseStillOpen];
    ListCases = list_cases: Get "/v1/cases", may(P::ReadCases), Read "case", also [InvalidCursor];
    GetCase = get_case: Get "/v1/cases/{id}", may(P::ReadCases), ReadFile "case";
    ReportInCase = report_in_case: Post "/v1/cases/{id}/report-in", may(P::WriteCases),
        Mutation "case",
        refuses [AlreadyReportedIn, IllegalTransition, DateInFuture, ReportInBeforeReceipt,
            MeasureNotInPack, InvalidTerm],
        also [StaleVersion];
    CompleteCase = complete_case: Post "/v1/cases/{id}/completion", may(P::EndCases),
        Mutation "case", refuses [IllegalTransition], also [StaleVersion];
    TerminateCase = terminate_case: Post "/v1/cases/{id}/termination", may(P::EndCases),
        Mutation "case", refuses [IllegalTransition], also [StaleVersion];
    ListCaseTransitions = list_case_transitions: Get "/v1/cases/{id}/transitions",
        may(P::ReadCases), ReadFile "case", also [InvalidCursor];
    ReplanCase = replan_case: Post "/v1/cases/{id}/replans", may(P::WriteCases), Mutation "case",
        refuses [CaseNotActive, UnknownRulePack, MeasureNotInPack, InvalidTerm],
        also [StaleVersion, InvalidQuery];
    ListFrozenCases = list_frozen_cases: Get "/v1/frozen-cases", may(P::OpenFrozenFiles),
        Read "case", also [InvalidCursor];
    OpenFrozenCase = open_frozen_case: Post "/v1/cases/{id}/openings", may(P::OpenFrozenFiles),
        Mutation "file_opening", refuses [Conflict];
    PreviewSchedule = preview_schedule: Post "/v1/schedule-previews", may(P::PreviewSchedules),
        Compute "case", refuses [UnknownRulePack, MeasureNotInPack, InvalidTerm];
    ListCaseAppointments = list_case_appointments: Get "/v1/cases/{id}/appointments",
        may(P::ReadCases), Read "appointment", also [InvalidCursor];
    ListAppointments = list_appointments: Get "/v1/appointments", may(P::ReadCases),
        Read "appointment", also [InvalidCursor];
    GetAppointment = get_appointment: Get "/v1/appointments/{id}", may(P::ReadCases),
        Read "appointment";
    LabelAppointment = label_appointment: Post "/v1/appointments/{id}/label", may(P::LabelMisses),
        Mutation "appointment",
        refuses [AppointmentNotMissed, AppointmentClosed, MakeUpDateRequired, CaseNotActive],
        also [StaleVersion];
    RecordTest = record_test: Post "/v1/appointments/{id}/test-records", may(P::RecordTests),
        Mutation "test_record",
        refuses [AppointmentClosed, AppointmentNotOpenYet, OutsideWindow, CaseNotActive,
            DateInFuture, TooFewCollectors, CollectorNotInOffice];
    RecordAdditionalTest = record_additional_test: Post "/v1/cases/{id}/test-records",
        may(P::RecordTests), Mutation "test_record",
        refuses [OutsideWindow, CaseNotActive, DateInFuture, TooFewCollectors,
            CollectorNotInOffice];
    ListCaseTests = list_case_tests: Get "/v1/cases/{id}/test-records", may(P::ReadCases),
        ReadFile "case", also [InvalidCursor];
    GetTestRecord = get_test_record: Get "/v1/test-records/{id}", may(P::ReadCases),
        ReadFile "test_record";
    RequestExcuse = request_excuse: Post "/v1/appointments/{id}/excuses", may(P::RequestExcuses),
        Mutation "excuse",
        refuses [ExcusePending, ExcuseDecided, AppointmentClosed, CaseNotActive,
            UnknownExcuseCode, NoteRequired];
    ListExcuses = list_excuses: Get "/v1/excuses", may(P::ReadCases), Read "excuse",
        also [InvalidCursor];
    GetExcuse = get_excuse: Get "/v1/excuses/{id}", may(P::ReadCases), ReadFile "excuse";
    DecideExcuse = decide_excuse: Post "/v1/excuses/{id}/decision", may(P::DecideExcuses),
        Mutation "excuse",
        refuses [ExcuseDecided, AppointmentClosed, CaseNotActive, MakeUpDateRequired],
        also [StaleVersion];
    WithdrawExcuse = withdraw_excuse: Post "/v1/excuses/{id}/withdrawal", may(P::RequestExcuses),
        Mutation "excuse", refuses [ExcuseDecided], also [StaleVersion];
    ListEscalations = list_escalations: Get "/v1/escalations", may(P::ReadEscalations),
        Read "escalation", also [InvalidCursor];
    GetEscalation = get_escalation: Get "/v1/escalations/{id}", may(P::ReadEscalations),
        ReadFile "escalation";
    AddEscalationStatement = add_escalation_statement: Post "/v1/escalations/{id}/statement",
        may(P::ReviewEscalations), Mutation "escalation", refuses [IllegalTransition],
        also [StaleVersion];
    SubmitEscalation = submit_escalation: Post "/v1/escalations/{id}/submit",
        may(P::ReviewEscalations), Mutation "escalation",
        refuses [IllegalTransition, EscalationBlocked], also [StaleVersion];
    SignOffEscalation = sign_off_escalation: Post "/v1/escalations/{id}/sign-off",
        may(P::SignOffEscalations), Mutation "escalation",
        refuses [IllegalTransition, SignOffBySubmitter, EscalationBlocked], also [StaleVersion];
    DismissEscalation = dismiss_escalation: Post "/v1/escalations/{id}/dismiss",
        may(P::DismissEscalations), Mutation "escalation", refuses [IllegalTransition],
        also [StaleVersion];
    ReferEscalation = refer_escalation: Post "/v1/escalations/{id}/referral",
        may(P::ReferEscalations), Mutation "escalation",
        refuses [IllegalTransition, DateInFuture], also [StaleVersion];
    CloseEscalation = close_escalation: Post "/v1/escalations/{id}/outcome",
        may(P::ReferEscalations), Mutation "escalation",
        refuses [IllegalTransition, DateInFuture, NoteRequired], also [StaleVersion];
    ListMessages = list_messages: Get "/v1/messages", may(P::ReadMessages), Read "message",
        also [InvalidCursor];
    GetMessage = get_message: Get "/v1/messages/{id}", may(P::ReadMessages), ReadFile "message";
    ResendMessage = resend_message: Post "/v1/messages/{id}/resend", may(P::ResendMessages),
        Mutation "message",
        refuses [MessageMayArrive, CaseNotActive, AppointmentClosed, Conflict];
    GetMessageBudget = get_message_budget: Get "/v1/offices/{id}/message-budget",
        may(P::ListOffices), Read "office";
    SetMessageBudget = set_message_budget: Put "/v1/offices/{id}/message-budget",
        may(P::ManageOffices), Mutation "office";
    CreateSendingPause = create_sending_pause: Post "/v1/sending-pauses", may(P::PauseSending),
        Mutation "sending_pause", refuses [Conflict];
    ListSendingPauses = list_sending_pauses: Get "/v1/sending-pauses",
        may(P::ReadSendingPauses), Read "sending_pause", also [InvalidCursor];
    GetSendingPause = get_sending_pause: Get "/v1/sending-pauses/{id}",
        may(P::ReadSendingPauses), Read "sending_pause";
    EndSendingPause = end_sending_pause: Delete "/v1/sending-pauses/{id}", may(P::PauseSending),
        Mutation "sending_pause", refuses [InvalidValue];
    ReceiveReceipt = receive_receipt: Post "/v1/agencies/{agency_id}/receipts", Open,
        Mutation "message", also [InvalidSignature];
    ReceiveVendorReceipts = receive_vendor_receipts:
        Post "/v1/gateways/{account}/{secret}/receipts", Open, Intake "gateway_post";
    ReceiveVendorReplies = receive_vendor_replies:
        Post "/v1/gateways/{account}/{secret}/replies", Open, Intake "gateway_post";
    CheckWechatCallback = check_wechat_callback: Get "/v1/gateways/{account}/wechat", Open,
        Read "gateway_post", also [InvalidSignature, InvalidQuery];
    ReceiveWechatCallback = receive_wechat_callback: Post "/v1/gateways/{account}/wechat", Open,
        Intake "gateway_post", also [InvalidSignature, InvalidQuery];
    ReceiveReply = receive_reply: Post "/v1/agencies/{agency_id}/replies", Open,
        Mutation "reply", also [InvalidSignature];
    ListTasks = list_tasks: Get "/v1/tasks", may(P::ReadTasks), Read "task",
        also [InvalidCursor];
    GetTask = get_task: Get "/v1/tasks/{id}", may(P::ReadTasks), ReadFile "task";
    CompleteTask = complete_task: Post "/v1/tasks/{id}/done", may(P::WriteTasks), Mutation "task",
        refuses [TaskClosed], also [StaleVersion];
    GetToday = get_today: Get "/v1/today", may(P::ReadToday), Read "today";
    RequestClientCode = request_client_code: Post "/v1/client-sessions/otp", Open,
        Intake "client_session", refuses [InvalidPhone];
    CreateClientSession = create_client_session: Post "/v1/client-sessions", Open,
        Mutation "client_session", refuses [InvalidPhone], also [InvalidCode, SecondFactRequired];
    CreateWechatSession = create_wechat_session: Post "/v1/client-sessions/wechat", Open,
        Mutation "client_session", also [InvalidCode, SecondFactRequired, NotBound, NotConfigured];
    RefreshClientSession = refresh_client_session: Post "/v1/client-sessions/refresh", Open,
        Mutation "client_session", also [InvalidRefreshToken, RefreshTokenReused];
    DeleteClientSession = delete_client_session: Delete "/v1/client-sessions/current", Client,
        Mutation "client_session";
    GetMe = get_me: Get "/v1/me", Client, Read "client";
    ListMyAppointments = list_my_appointments: Get "/v1/me/appointments", Client,
        Read "appointment";
    ConfirmMyAppointment = confirm_my_appointment: Post "/v1/me/appointments/{id}/confirm", Client,
        Mutation "appointment", refuses [AppointmentClosed];
    GetMyLedger = get_my_ledger: Get "/v1/me/ledger", Client, Read "client";
    CreateMyCheckIn = create_my_check_in: Post "/v1/me/check-ins", Client, Mutation "check_in",
        refuses [ConsentNotInForce];
    RequestMyExcuse = request_my_excuse: Post "/v1/me/excuses", Client, Mutation "excuse",
        refuses [NotFound, ExcusePending, ExcuseDecided, AppointmentClosed, CaseNotActive,
            UnknownExcuseCode, NoteRequired];
    RequestMyHelp = request_my_help: Post "/v1/me/help-requests", Client, Mutation "task";
    RequestMyCorrection = request_my_correction: Post "/v1/me/corrections", Client,
        Mutation "task";
    ListMySessions = list_my_sessions: Get "/v1/me/sessions", Client, Read "client_session";
    EndMySession = end_my_session: Delete "/v1/me/sessions/{id}", Client,
        Mutation "client_session";
    ListMyConsents = list_my_consents: Get "/v1/me/consents", Client, Read "consent";
    GiveMyConsent = give_my_consent: Post "/v1/me/consents", Client, Mutation "consent";
    WithdrawMyConsent = withdraw_my_consent: Post "/v1/me/consents/withdrawals", Client,
        Mutation "consent", refuses [ConsentNotInForce];
    BindMyWechat = bind_my_wechat: Post "/v1/me/wechat-bindings", Client,
        Mutation "wechat_binding", refuses [ConsentNotInForce, Conflict], also [NotConfigured];
    ListMyWechatBindings = list_my_wechat_bindings: Get "/v1/me/wechat-bindings", Client,
        Read "wechat_binding";
    UnbindMyWechat = unbind_my_wechat: Delete "/v1/me/wechat-bindings/{id}", Client,
        Mutation "wechat_binding";
    ExportMe = export_me: Get "/v1/me/export", Client, ReadFile "client";
    GetSandboxClock = get_sandbox_clock: Get "/v1/sandbox/clock", may(P::ReadSelf), Read "sandbox",
        refuses [NotFound];
    MoveSandboxClock = move_sandbox_clock: Post "/v1/sandbox/clock", may(P::ReadSelf),
        Compute "sandbox", refuses [NotFound];
    ListSandboxOutbox = list_sandbox_outbox: Get "/v1/sandbox/outbox", may(P::ReadSelf),
        Read "sandbox", refuses [NotFound], also [InvalidCursor];
}
