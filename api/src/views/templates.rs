//! Message templates as JSON.

use chrono::{DateTime, Utc};
use domain::{
    MessageKind, OfficeId, StaffId, TemplateSource,
    template::{Placeholder, ReviewDecision, TextStatus},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::provider_templates::ChannelPreview;

/// A new text for a step.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutTemplate {
    /// Without the signature. Placeholders: `{name}` `{date}` `{day}` `{time}` `{contact}` `{phone}`
    /// `{count}`. A reminder states the date.
    #[schema(
        example = "{name}您好，您预约的服务请于{date}{time}前到站办理，如需改期请致电{phone}。"
    )]
    pub text: String,
}

/// What a second person decides about a draft.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewTemplate {
    /// Version of the draft that was read: nobody approves another text than they saw.
    #[schema(example = 3)]
    pub version: i64,
    /// What becomes of it.
    pub decision: ReviewDecision,
    /// For whoever wrote it; a rejection needs one.
    #[schema(example = "称呼应当更礼貌")]
    pub note: Option<String>,
}

/// A text that is not in force: a draft that waits for its review, or was sent back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DraftView {
    /// Version to name in the review.
    pub version: i64,
    /// `draft` or `rejected`.
    pub status: TextStatus,
    /// Without the signature.
    #[schema(
        example = "{name}您好，您预约的服务请于{date}{time}前到站办理，如需改期请致电{phone}。"
    )]
    pub text: String,
    /// The places it needs filled.
    pub placeholders: Vec<Placeholder>,
    /// An example with a signature of five characters and long values.
    #[schema(
        example = "【城东服务站】欧阳先生您好，您预约的服务请于12月31日17:00前到站办理，如需改期请致电0571-88880000。"
    )]
    pub example: String,
    /// Length of the example, as the network counts characters.
    #[schema(example = 52)]
    pub chars: usize,
    /// Short messages the example is billed as: one up to 70 characters, else parts of 67.
    #[schema(example = 1)]
    pub parts: usize,
    /// Who wrote it.
    pub written_by: StaffId,
    /// UTC.
    pub written_at: DateTime<Utc>,
    /// Who sent it back.
    pub reviewed_by: Option<StaffId>,
    /// UTC.
    pub reviewed_at: Option<DateTime<Utc>>,
    /// What is wrong with it.
    pub note: Option<String>,
}

/// The text of one step of one kind of message.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TemplateView {
    /// Kind of message.
    pub kind: MessageKind,
    /// Step of the ladder.
    #[schema(example = "d-3")]
    pub step: String,
    /// Whether the text in force ships with the product or is the agency's own.
    pub source: TemplateSource,
    /// The text in force, without the signature.
    #[schema(
        example = "{name}您好，您预约的服务请于{date}{time}前到站办理，如需改期请致电{phone}。"
    )]
    pub text: String,
    /// The places it needs filled.
    pub placeholders: Vec<Placeholder>,
    /// An example with a signature of five characters and long values.
    #[schema(
        example = "【城东服务站】欧阳先生您好，您预约的服务请于12月31日17:00前到站办理，如需改期请致电0571-88880000。"
    )]
    pub example: String,
    /// Length of the example, as the network counts characters.
    #[schema(example = 52)]
    pub chars: usize,
    /// Short messages the example is billed as: one up to 70 characters, else parts of 67.
    #[schema(example = 1)]
    pub parts: usize,
    /// What goes out instead where a number is shared or not verified, a value does not fit or the
    /// provider takes no variables: it has nothing to fill in, and asks to call the office.
    #[schema(example = "您有一项预约服务待办理,如有疑问请与服务站联系。")]
    pub fallback: String,
    /// Rises with every draft, review and reset, from 1; also the `ETag`. `null`: there is nothing of
    /// the agency's own.
    pub version: Option<i64>,
    /// Which version of the agency's texts is in force. `null`: the one that ships.
    pub text_version: Option<i64>,
    /// Who wrote it.
    pub updated_by: Option<StaffId>,
    /// When it was written, in UTC.
    pub updated_at: Option<DateTime<Utc>>,
    /// Who reviewed it. `null`: it ships with the product, or was in force before there were reviews.
    pub reviewed_by: Option<StaffId>,
    /// UTC.
    pub reviewed_at: Option<DateTime<Utc>>,
    /// What waits for its review, or was sent back.
    pub draft: Option<DraftView>,
}

/// A text to be tried out.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewTemplate {
    /// Kind of message.
    pub kind: MessageKind,
    /// Step of the ladder.
    #[schema(example = "d-3")]
    pub step: String,
    /// Without the signature.
    #[schema(
        example = "{name}您好，您预约的服务请于{date}{time}前到站办理，如需改期请致电{phone}。"
    )]
    pub text: String,
    /// An office of the agency, whose signature, telephone and hours stand in the example. Left out: a
    /// signature of five characters and long values.
    #[schema(example = json!(null))]
    pub office_id: Option<OfficeId>,
}

/// How a text would look, and what it would cost.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TemplatePreview {
    /// The text as it would be saved.
    #[schema(
        example = "{name}您好，您预约的服务请于{date}{time}前到站办理，如需改期请致电{phone}。"
    )]
    pub text: String,
    /// The places it needs filled.
    pub placeholders: Vec<Placeholder>,
    /// An example with a signature of five characters and long values.
    #[schema(
        example = "【城东服务站】欧阳先生您好，您预约的服务请于12月31日17:00前到站办理，如需改期请致电0571-88880000。"
    )]
    pub example: String,
    /// Length of the example, as the network counts characters.
    #[schema(example = 52)]
    pub chars: usize,
    /// Short messages the example is billed as: one up to 70 characters, else parts of 67.
    #[schema(example = 1)]
    pub parts: usize,
    /// What would leave by each way with the same values: as a whole text first, then by each account
    /// that sends only filed texts, also where nothing is filed for this step.
    pub channels: Vec<ChannelPreview>,
}

/// Every template.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TemplateList {
    /// By kind and step.
    pub items: Vec<TemplateView>,
}
