//! Of messages: how they travel, what becomes of them, and why.

use crate::coded;

coded! {
    /// What a vendor says, when it is asked, of a receipt that came in its name without a signature.
    ReceiptCheck {
        /// It is being asked.
        Asking = "asking",
        /// The same.
        Confirmed = "confirmed",
        /// The opposite.
        Contradicted = "contradicted",
        /// Nothing, or it cannot be asked.
        Unanswered = "unanswered",
    }
}

coded! {
    /// State of a message.
    MessageStatus {
        Scheduled = "scheduled",
        Claimed = "claimed",
        Submitting = "submitting",
        Accepted = "accepted",
        Delivered = "delivered",
        UndeliveredTemporary = "undelivered_temporary",
        UndeliveredPermanent = "undelivered_permanent",
        NoReceipt = "no_receipt",
        Unknown = "unknown",
        Expired = "expired",
        Cancelled = "cancelled",
        TechnicalFailure = "technical_failure",
    }
}

coded! {
    /// How a message travels.
    Channel {
        /// Sandbox: kept, shown, never sent.
        Recording = "recording",
        /// HTTP POST to the office's own SMS platform.
        Webhook = "webhook",
        Sms = "sms",
        Wechat = "wechat",
        Wecom = "wecom",
        Email = "email",
        /// A person phones.
        CallTask = "call_task",
    }
}

coded! {
    /// How a member of staff is told of their work.
    StaffChannel {
        /// By text message to their mobile number.
        Text = "text",
        /// To the office's WeCom (企业微信).
        Wecom = "wecom",
        Email = "email",
        /// Only in the app.
        None = "none",
    }
}

coded! {
    /// What a message is about.
    MessageKind {
        /// A step of the ladder before or on the due day of an appointment.
        AppointmentReminder = "appointment_reminder",
        /// The step after the due day.
        AppointmentOverdue = "appointment_overdue",
        /// A step of the ladder before the report-in deadline.
        ReportInReminder = "report_in_reminder",
        /// The caseworker's morning summary.
        StaffDigest = "staff_digest",
        /// What staff are told at once, at any hour.
        StaffAlert = "staff_alert",
        /// A client's one-time code. Never among the stored messages.
        SignInCode = "sign_in_code",
    }
}

coded! {
    /// State of an office's own text for a step.
    TemplateSource {
        /// Ships with the product.
        Shipped = "shipped",
        /// Saved by the agency.
        Agency = "agency",
    }
}

coded! {
    /// Why a message moved to another channel or to a person.
    HopCause {
        /// The gateway refused it for good.
        PermanentFailure = "permanent_failure",
        /// A receipt says that it did not arrive, and might another time.
        TemporaryFailure = "temporary_failure",
        /// No receipt came in the pack's time.
        NoReceipt = "no_receipt",
        /// Every try failed.
        TriesSpent = "tries_spent",
        /// There is no number to send to, or it is known to be wrong.
        NoUsableNumber = "no_usable_number",
        /// The client has not consented to the channel, or does no more.
        NoConsent = "no_consent",
        /// The gateway is misconfigured; an operator has to act.
        Configuration = "configuration",
        /// The client has accepted no further message over the channel.
        NoCredit = "no_credit",
        /// The account failed, was too slow or is being left alone; another one took over.
        ProviderFailed = "provider_failed",
        /// What arrived, or would have gone, does not show that the client was told of the date.
        NoticeUnproven = "notice_unproven",
    }
}

coded! {
    /// What came of one try at a gateway.
    AttemptOutcome {
        Accepted = "accepted",
        Delivered = "delivered",
        Transient = "transient",
        Permanent = "permanent",
        Configuration = "configuration",
        Quota = "quota",
        /// The gateway may or may not have it.
        Unknown = "unknown",
    }
}
