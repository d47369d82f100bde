//! Texts as they are filed with providers, as JSON.

use chrono::{DateTime, Utc};
use domain::{
    MessageKind, StaffId,
    channel_limits::Misfit,
    template::{FallbackReason, Param, TemplateGateway},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a text is filed with an account.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutProviderTemplate {
    /// Whose rules hold for the values.
    pub gateway: TemplateGateway,
    /// What the provider calls it.
    #[schema(example = "SMS_100001")]
    pub template_id: String,
    /// Its variables in the provider's order; none for a text without variables. At WeChat all fields of
    /// the card, of which some may hold fixed words.
    pub params: Vec<Param>,
    /// At Tencent Cloud: characters that a variable may have in this account, as its console shows, up to
    /// 35; 0: the account takes no variables, but for codes. 6 if left out.
    #[schema(example = json!(null))]
    pub variable_chars: Option<i32>,
    /// Which of the agency's texts was filed, one that is or was in force. Left out: the one in force.
    #[schema(example = json!(null))]
    pub text_version: Option<i64>,
}

/// How a text is filed with an account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProviderTemplateView {
    /// The account, as the settings name it.
    #[schema(example = "sms-a")]
    pub provider: String,
    /// Kind of message.
    pub kind: MessageKind,
    /// Step of the ladder, or `neutral`.
    #[schema(example = "d-3")]
    pub step: String,
    /// Whose rules hold for the values.
    pub gateway: TemplateGateway,
    /// What the provider calls it.
    #[schema(example = "SMS_100001")]
    pub template_id: String,
    /// Its variables in the provider's order.
    pub params: Vec<Param>,
    /// Characters that a variable may have in this account, where that was said; 0: it takes none.
    pub variable_chars: Option<i32>,
    /// The text as it was filed. It is what this account sends until another one is filed.
    #[schema(
        example = "{name}您好，您预约的服务请于{date}{time}前到站办理，如需改期请致电{phone}。"
    )]
    pub text: String,
    /// Another text is in force by now: file it, and say so here.
    pub outdated: bool,
    /// Rises with every change, from 1; also the `ETag`.
    pub version: i64,
    /// Who said so.
    pub updated_by: StaffId,
    /// UTC.
    pub updated_at: DateTime<Utc>,
    /// What would leave by this account with long values.
    pub example: ChannelPreview,
}

/// What is filed with all accounts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProviderTemplateList {
    /// By account, kind and step.
    pub items: Vec<ProviderTemplateView>,
}

/// One variable with its value.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FilledParam {
    /// What the provider calls it.
    #[schema(example = "name")]
    pub name: String,
    /// What would go into it.
    #[schema(example = "欧阳先生")]
    pub value: String,
}

/// What would leave by one way.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChannelPreview {
    /// The account; `null`: any gateway that takes the whole text.
    pub provider: Option<String>,
    /// The text as the client would read it. `null`: nothing could be sent this way.
    #[schema(
        example = "【城东服务站】欧阳先生您好，您预约的服务请于12月31日17:00前到站办理，如需改期请致电0571-88880000。"
    )]
    pub text: Option<String>,
    /// Its length, as the network counts characters.
    pub chars: Option<usize>,
    /// Short messages it is billed as.
    pub parts: Option<usize>,
    /// What the provider calls the template it is sent with.
    pub template_id: Option<String>,
    /// What the provider would be sent.
    pub params: Vec<FilledParam>,
    /// Whether it is another than the step's own text: the short one with the date, or the one without
    /// variables.
    pub fallback_used: bool,
    /// Why it is, or why nothing could be sent.
    pub why: Option<FallbackReason>,
    /// Values that break a rule of their variable.
    pub misfits: Vec<MisfitView>,
    /// Whether another text is filed with the account than the one in question.
    pub outdated: bool,
    /// What goes by this way to a number that is shared or not verified. `null`: nothing could be sent, or
    /// the way leads to the client alone.
    #[schema(example = "【城东服务站】您有一项预约服务待办理,如有疑问请与服务站联系。")]
    pub discreet_text: Option<String>,
}

/// A value that breaks a rule of its variable.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MisfitView {
    /// What the provider calls the variable.
    pub name: String,
    /// The rule it breaks.
    pub misfit: Misfit,
}
