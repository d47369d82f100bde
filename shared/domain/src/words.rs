//! The field's words that are values: kinds, states and codes. JSON, database and texts use these.

mod messages;

pub use self::messages::*;
use crate::coded;

coded! {
    /// Kind of case.
    Measure {
        /// 社区戒毒
        CommunityTreatment = "community_treatment",
        /// 社区康复
        CommunityRehabilitation = "community_rehabilitation",
        /// 后续照管: first year after release from isolation
        Aftercare = "aftercare",
    }
}

coded! {
    /// Where a case stands in its life. Transitions: [`crate::case_status`].
    CaseStatus {
        /// The decision was received; the client has not reported in.
        Ordered = "ordered",
        /// The report-in deadline passed without a report-in.
        OverdueReportIn = "overdue_report_in",
        /// Being executed.
        Active = "active",
        /// 中止: detained or arrested.
        Suspended = "suspended",
        /// 变更执行地 under way.
        Transferring = "transferring",
        /// 解除 at term end.
        Completed = "completed",
        /// 终止.
        Terminated = "terminated",
        /// Handed to the police, who decide.
        Referred = "referred",
        /// The police decided on isolation.
        EndedInIsolation = "ended_in_isolation",
    }
}

coded! {
    /// Why a case was terminated (戒毒条例 art. 24 names the first two; the others are practice).
    TerminationKind {
        /// Sentenced to prison.
        Imprisonment = "imprisonment",
        /// Compulsory educational measures were ordered.
        CompulsoryEducation = "compulsory_education",
        Death = "death",
        GoneAbroad = "gone_abroad",
        /// The decision was revoked, or the case was entered by mistake.
        AdministrativeCorrection = "administrative_correction",
    }
}

coded! {
    /// What an appointment is for.
    AppointmentKind { Test = "test", Visit = "visit", Assessment = "assessment" }
}

coded! {
    /// Where an appointment stands.
    AppointmentStatus {
        /// Its window has not opened.
        Scheduled = "scheduled",
        /// Its window is open.
        Open = "open",
        /// The window closed; the grace days run.
        Overdue = "overdue",
        /// A counting test was taken (in the window, or late within the grace days).
        Completed = "completed",
        /// The grace days passed without a counting test.
        Missed = "missed",
        /// An accepted excuse takes it out of the count.
        Excused = "excused",
        /// Moved to a new date.
        Deferred = "deferred",
        /// Our own fault; never counted.
        ServiceFault = "service_fault",
        /// The case ended or was re-planned before it mattered.
        Cancelled = "cancelled",
    }
}

coded! {
    /// What a person decided a miss was.
    MissLabel {
        EvadedOrRefused = "evaded_or_refused",
        Excused = "excused",
        ServiceFault = "service_fault",
        Deferred = "deferred",
    }
}

coded! {
    /// Whether it is shown that the client was told of an appointment.
    NoticeProof {
        /// A delivered receipt, an in-person notice or a logged contact exists.
        Proven = "proven",
        /// It should exist by now and does not.
        Unproven = "unproven",
        /// Nothing had to be shown yet.
        NotDue = "not_due",
    }
}

coded! {
    /// By what it is shown that the client was told of a date.
    NoticeBy {
        /// A delivery receipt of the provider.
        Receipt = "receipt",
        /// The provider's answer at the hand-over: it delivers at once and sends no receipts.
        Answer = "answer",
        /// Somebody reached the client.
        Contact = "contact",
        /// The client said so.
        Confirmation = "confirmation",
    }
}

coded! {
    /// Why a message that arrived does not show that the client was told of the date.
    NoProof {
        /// Its text states no date.
        DateNotStated = "date_not_stated",
        /// Its number belongs to several clients.
        NumberShared = "number_shared",
        /// Nobody has verified that its number is the client's, or it is not certain any more.
        NumberUnverified = "number_unverified",
        /// It arrived when the date could no longer be kept.
        TooLate = "too_late",
        /// Nobody signed the receipt that says so, and its vendor could not say whether it is true.
        NotConfirmed = "not_confirmed",
    }
}

coded! {
    /// State of an excuse.
    ExcuseStatus {
        Requested = "requested",
        AwaitingEvidence = "awaiting_evidence",
        Accepted = "accepted",
        Rejected = "rejected",
        MakeUp = "make_up",
        Withdrawn = "withdrawn",
    }
}

coded! {
    /// Why an escalation was opened.
    EscalationKind {
        MissedTests = "missed_tests",
        UnauthorisedDepartures = "unauthorised_departures",
        DaysAway = "days_away",
        PositiveTest = "positive_test",
        OverdueReportIn = "overdue_report_in",
    }
}

coded! {
    /// State of an escalation.
    EscalationStatus {
        Open = "open",
        InReview = "in_review",
        SignedOff = "signed_off",
        Referred = "referred",
        Closed = "closed",
        Dismissed = "dismissed",
        Withdrawn = "withdrawn",
    }
}

coded! {
    /// What a person has to do.
    TaskKind {
        /// Reach a client whose notice of a missed appointment is unproven.
        ContactClient = "contact_client",
        /// Phone a client whom no message reached.
        CallClient = "call_client",
        /// The day after the due day: ask what happened.
        OverdueContact = "overdue_contact",
        /// First miss: talk, and written notice no. 1.
        FirstMissTalk = "first_miss_talk",
        /// Second miss: written notice no. 2 in person, plan and risk reviewed.
        SecondMissNotice = "second_miss_notice",
        /// Evidence for an excuse is due.
        ExcuseEvidence = "excuse_evidence",
        /// Review an open escalation: label, statement, submit.
        ReviewEscalation = "review_escalation",
        /// An open escalation is unattended: the supervisor looks.
        UnattendedEscalation = "unattended_escalation",
        /// Sign off a submitted escalation.
        SignOffEscalation = "sign_off_escalation",
        /// Hand a signed-off escalation to the police.
        HandOverEscalation = "hand_over_escalation",
        /// The report-in deadline passed.
        OverdueReportIn = "overdue_report_in",
        /// A client asks for help. Has nothing to do with their case.
        HelpRequest = "help_request",
        /// A client says that something stored about them is wrong.
        CorrectionRequest = "correction_request",
        /// Somebody asks for help that cannot wait, or wrote a word of danger. Has nothing to do with their
        /// case.
        EmergencyHelp = "emergency_help",
        /// Tell a colleague whom no notice reached of what cannot wait: they look into the app.
        TellColleague = "tell_colleague",
        /// The office's message budget of the month nears its end, or is spent. Nothing is held back.
        MessageBudget = "message_budget",
        /// Somebody answered a message: read it, and answer in person where it needs an answer.
        ReplyReceived = "reply_received",
        /// A client asks for another date. Nothing was moved: that is for a person to decide.
        RescheduleRequested = "reschedule_requested",
        /// A client wants no more messages by this channel. The dates stay as they are, so the client
        /// has to be told of them in another way.
        MessagesStopped = "messages_stopped",
    }
}

coded! {
    /// State of a task.
    TaskStatus { Open = "open", Done = "done", Cancelled = "cancelled" }
}

coded! {
    /// What came of a task.
    TaskOutcome {
        /// The client was reached: this proves notice.
        Reached = "reached",
        /// The client was not reached.
        NotReached = "not_reached",
        /// The task was carried out (where reaching the client is not the point).
        Done = "done",
    }
}

coded! {
    /// Sex as on the identity card.
    Sex { Female = "female", Male = "male" }
}

coded! {
    /// What was taken.
    Sample { Urine = "urine", Hair = "hair", Saliva = "saliva", Blood = "blood" }
}

coded! {
    /// How it was examined.
    TestMethod {
        OnSite = "on_site",
        Laboratory = "laboratory",
        LaboratoryRetest = "laboratory_retest",
    }
}

coded! {
    /// Overall result.
    TestResult { Negative = "negative", Positive = "positive", Invalid = "invalid" }
}

coded! {
    /// What a staff member may do; the permission table is [`crate::role`].
    Role {
        Caseworker = "caseworker",
        Supervisor = "supervisor",
        AgencyAdmin = "agency_admin",
        SecurityAdmin = "security_admin",
        Auditor = "auditor",
    }
}

coded! {
    /// What is known of a phone number.
    PhoneState {
        /// Given, not shown to be the client's.
        Unverified = "unverified",
        /// A code sent to it came back, or the client confirmed it in person.
        Verified = "verified",
        /// A gateway said it does not exist.
        Invalid = "invalid",
    }
}

coded! {
    /// Who did something.
    ActorKind {
        Staff = "staff",
        Client = "client",
        /// The worker, or a start-up step.
        System = "system",
        /// A gateway's call-back.
        Gateway = "gateway",
        /// Another system with access of its own.
        Integrator = "integrator",
        /// Nobody signed in.
        Anonymous = "anonymous",
    }
}
