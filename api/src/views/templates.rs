//! Message templates as JSON.

use chrono::{DateTime, Utc};
use domain::{MessageKind, StaffId, TemplateSource, template::Placeholder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A new text for a step.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutTemplate {
    /// Without the signature. Placeholders: `{name}` `{date}` `{time}` `{contact}` `{phone}`
    /// `{count}`.
    #[schema(
        example = "{name}您好，您预约的服务请于{date}{time}前到站办理，如需改期请致电{phone}。"
    )]
    pub text: String,
}

/// The text of one step of one kind of message.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TemplateView {
    /// Kind of message.
    pub kind: MessageKind,
    /// Step of the ladder.
    #[schema(example = "d-3")]
    pub step: String,
    /// Whether it ships with the product or is the agency's own.
    pub source: TemplateSource,
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
    /// Rises with every change by the agency, from 1; also the `ETag`. `null`: it ships with the
    /// product.
    pub version: Option<i64>,
    /// Who saved it.
    pub updated_by: Option<StaffId>,
    /// UTC.
    pub updated_at: Option<DateTime<Utc>>,
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
}

/// Every template.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TemplateList {
    /// By kind and step.
    pub items: Vec<TemplateView>,
}
