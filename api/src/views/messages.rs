//! Messages, their attempts and receipts as JSON.

use chrono::{DateTime, Utc};
use domain::{
    AppointmentId, AttemptId, AttemptOutcome, CaseId, Channel, ClientId, HopCause, MessageId,
    MessageKind, MessageStatus, NoProof, OfficeId, ReceiptCheck, ReceiptId, StaffId,
    delivery::{self, Remedy},
};
use serde::{Deserialize, Serialize};
use storage::{
    attempts::{Attempt, Outcome},
    messages::{Message, resends::Resend},
    receipts::Reported,
    replies::Reply,
};
use utoipa::{IntoParams, ToSchema};

use super::replies::ReplyView;

/// One outgoing text to one recipient.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct MessageView {
    /// UUIDv7.
    pub id: MessageId,
    /// The office it is sent for.
    pub office_id: OfficeId,
    /// The case it is about.
    pub case_id: Option<CaseId>,
    /// The client it goes to.
    pub client_id: Option<ClientId>,
    /// The member of staff it goes to.
    pub staff_id: Option<StaffId>,
    /// The appointment it is about.
    pub appointment_id: Option<AppointmentId>,
    /// What it is about.
    pub kind: MessageKind,
    /// Step of the reminder ladder.
    #[schema(example = "d-3")]
    pub step: String,
    /// How it travels.
    pub channel: Channel,
    /// Where it stands.
    pub status: MessageStatus,
    /// Why, where the state alone does not say.
    pub status_reason: Option<String>,
    /// When it is to be sent; UTC.
    pub planned_for: DateTime<Utc>,
    /// From this instant on it is not sent any more; UTC.
    pub not_after: DateTime<Utc>,
    /// Present when it was moved out of quiet hours.
    pub shifted: Option<ShiftView>,
    /// Why it moved to another channel or to a person.
    pub hop_cause: Option<HopCause>,
    /// What to do about it, where it did not arrive or does not show that the client was told.
    pub remedy: Option<Remedy>,
    /// Present when a person had it sent in place of another.
    pub resend_of: Option<ResendView>,
    /// The message that a person had sent in its place.
    pub resent_as: Option<MessageId>,
    /// Every try at handing it to a gateway, in order.
    pub attempts: Vec<AttemptView>,
    /// What gateways reported, in the order it came.
    pub receipts: Vec<ReceiptView>,
    /// What was answered to it, in the order it came.
    pub replies: Vec<ReplyView>,
    /// When nothing followed any more; UTC.
    pub final_at: Option<DateTime<Utc>>,
}

/// A message that was moved.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShiftView {
    /// When it would have been sent; UTC.
    pub from: DateTime<Utc>,
    /// Why not.
    pub reason: Option<String>,
}

/// That a message repeats another.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "what people write never reaches a log"
)]
pub struct ResendView {
    /// The message it repeats.
    pub message_id: MessageId,
    /// Who asked for it.
    pub requested_by: StaffId,
    /// UTC.
    pub requested_at: DateTime<Utc>,
    /// Why; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Why a message is to be sent again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_debug_implementations,
    reason = "what people write never reaches a log"
)]
pub struct ResendMessage {
    /// Up to 2,000 characters.
    #[schema(example = "号码已更正")]
    pub reason: String,
}

/// One try at handing a message to a gateway.
#[derive(Serialize, ToSchema)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct AttemptView {
    /// UUIDv7; the gateway's reference to it.
    pub id: AttemptId,
    /// From 1.
    pub number: i32,
    /// How it travelled.
    pub channel: Channel,
    /// Which provider's account.
    pub gateway: String,
    /// Why it went by another account, or a lower rung of the ladder, than the one before.
    pub hop_cause: Option<HopCause>,
    /// Why its delivery would not show that the client was told of the date; `null`: it would, or the
    /// message is of no date ahead.
    pub no_proof: Option<NoProof>,
    /// UTC.
    pub started_at: DateTime<Utc>,
    /// `null`: it was cut off, and its fate is unknown.
    pub outcome: Option<AttemptOutcome>,
    /// The gateway's code.
    pub code: Option<String>,
    /// The gateway's own reference.
    pub provider_message_id: Option<String>,
    /// UTC.
    pub finished_at: Option<DateTime<Utc>>,
    /// The text as it was handed over; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What a gateway reported.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptView {
    /// UUIDv7.
    pub id: ReceiptId,
    /// The attempt it names.
    pub attempt_id: Option<AttemptId>,
    /// Which gateway.
    pub gateway: String,
    /// The state it reports.
    pub state: MessageStatus,
    /// The carrier's or gateway's code.
    pub code: Option<String>,
    /// When it happened, by the gateway's word; UTC.
    pub reported_at: DateTime<Utc>,
    /// When it came; UTC.
    pub received_at: DateTime<Utc>,
    /// Whether it moved the message; a later or lower-ranking one does not.
    pub applied: bool,
    /// Where nobody signed it: what its vendor says of it when it is asked, which is kept as a receipt of its
    /// own. `null`: it was signed or asked for, or is believed as it came.
    pub check: Option<ReceiptCheck>,
}

/// What was stored beside some messages.
#[derive(Default)]
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Trail {
    /// Every try.
    pub attempts: Vec<Attempt>,
    /// What came of them.
    pub outcomes: Vec<Outcome>,
    /// What gateways reported.
    pub receipts: Vec<Reported>,
    /// What was answered.
    pub replies: Vec<Reply>,
    /// What they repeat and what repeats them.
    pub resends: Vec<Resend>,
    /// Whether texts are shown.
    pub with_text: bool,
}

impl MessageView {
    /// A message with what of the trail is its own.
    pub fn new(message: Message, trail: &Trail) -> Self {
        let attempts = trail
            .attempts
            .iter()
            .filter(|attempt| attempt.message_id == message.id)
            .map(|attempt| AttemptView::new(attempt, trail))
            .collect();
        let receipts = trail
            .receipts
            .iter()
            .filter(|it| it.receipt.message_id == message.id)
            .map(ReceiptView::from)
            .collect();
        let replies = trail
            .replies
            .iter()
            .filter(|reply| reply.message_id == Some(message.id))
            .map(|reply| ReplyView::new(reply.clone(), trail.with_text))
            .collect();
        let repeats = trail.resends.iter().find(|it| it.id == message.id);
        let repeated = trail.resends.iter().find(|it| it.original_id == message.id);
        let of_kind = match message.staff_id {
            Some(_) => delivery::remedy_to_staff,
            None => delivery::remedy,
        };
        // What moved it to another account makes nobody act.
        let to_a_person = message.channel == Channel::CallTask;
        let remedy = of_kind(
            message.status,
            message.hop_cause.filter(|_| to_a_person),
            message.status_reason.as_deref(),
        );
        let reason = message.shift_reason;
        Self {
            id: message.id,
            office_id: message.office_id,
            case_id: message.case_id,
            client_id: message.client_id,
            staff_id: message.staff_id,
            appointment_id: message.appointment_id,
            kind: message.kind,
            step: message.step,
            channel: message.channel,
            status: message.status,
            status_reason: message.status_reason,
            planned_for: message.planned_for,
            not_after: message.not_after,
            shifted: message.shifted_from.map(|from| ShiftView { from, reason }),
            hop_cause: message.hop_cause,
            remedy,
            resend_of: repeats.map(|it| ResendView::new(it, trail.with_text)),
            resent_as: repeated.map(|it| it.id),
            attempts,
            receipts,
            replies,
            final_at: message.final_at,
        }
    }
}

impl ResendView {
    fn new(resend: &Resend, with_text: bool) -> Self {
        Self {
            message_id: resend.original_id,
            requested_by: resend.requested_by,
            requested_at: resend.requested_at,
            reason: with_text.then(|| resend.reason.clone()),
        }
    }
}

impl AttemptView {
    fn new(attempt: &Attempt, trail: &Trail) -> Self {
        let outcome = trail
            .outcomes
            .iter()
            .find(|outcome| outcome.attempt_id == attempt.id);
        Self {
            id: attempt.id,
            number: attempt.number,
            channel: attempt.channel,
            gateway: attempt.gateway.clone(),
            hop_cause: attempt.hop_cause,
            no_proof: attempt.no_proof,
            started_at: attempt.started_at,
            outcome: outcome.map(|outcome| outcome.outcome),
            code: outcome.and_then(|outcome| outcome.code.clone()),
            provider_message_id: outcome.and_then(|outcome| outcome.provider_message_id.clone()),
            finished_at: outcome.map(|outcome| outcome.finished_at),
            text: trail.with_text.then(|| attempt.text.clone()),
        }
    }
}

impl From<&Reported> for ReceiptView {
    fn from(Reported { receipt, check }: &Reported) -> Self {
        Self {
            id: receipt.id,
            attempt_id: receipt.attempt_id,
            gateway: receipt.gateway.clone(),
            state: receipt.state,
            code: receipt.code.clone(),
            reported_at: receipt.reported_at,
            received_at: receipt.received_at,
            applied: receipt.applied,
            check: *check,
        }
    }
}

/// Whom messages go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// Clients: about the cases that the caller may see.
    #[default]
    Client,
    /// Staff: a head sees those of the office or area, others their own.
    Staff,
}

impl Recipient {
    /// As it stands in a query.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Staff => "staff",
        }
    }
}

/// What a list of messages is narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMessages {
    /// Whom they go to; without it, clients.
    #[param(inline)]
    pub recipient: Option<Recipient>,
    /// About this case. Not with `recipient=staff`.
    pub case_id: Option<CaseId>,
    /// About this appointment. Not with `recipient=staff`.
    pub appointment_id: Option<AppointmentId>,
    /// In this state.
    #[param(inline)]
    pub status: Option<MessageStatus>,
    /// `true`: those given up on, `technical_failure` or `expired`, and to staff also
    /// `undelivered_permanent`; `remedy` says what to do. Not with `status`.
    pub dead_letters: Option<bool>,
    /// Of this office.
    pub office_id: Option<OfficeId>,
    /// Tried at the gateway of this name.
    #[param(example = "webhook")]
    pub gateway: Option<String>,
    /// Planned for this instant (UTC) or later.
    #[param(example = "2025-10-01T00:00:00Z")]
    pub planned_from: Option<DateTime<Utc>>,
    /// Planned for before this instant (UTC).
    #[param(example = "2025-11-01T00:00:00Z")]
    pub planned_before: Option<DateTime<Utc>>,
    /// Items on the page, 1–100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}
