//! What a message of the platform says.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::delivery::ReceiptOutcome;
use secrecy::{ExposeSecret as _, SecretString};

use super::{CallbackError, element::Element};
use crate::wire_text;

/// Longest name of anything that is kept.
const LONGEST: usize = 128;

/// A message of the platform. `Debug` shows neither the person nor what they wrote.
#[derive(Debug)]
pub struct Notice {
    /// The person's openid with the account.
    pub open_id: SecretString,
    /// When the platform says it happened (UTC).
    pub happened_at: DateTime<Utc>,
    /// What happened.
    pub event: Event,
}

/// What happened.
pub enum Event {
    /// What became of a template message.
    TemplateSent(Finished),
    /// What became of subscribe messages, each with the template it was of.
    SubscribeSent(Vec<(String, Finished)>),
    /// The person answered the dialog that asks for subscriptions.
    SubscribeAsked(Vec<Answered>),
    /// The person changed subscriptions in the settings of the app.
    SubscribeChanged(Vec<Answered>),
    /// The person wrote something.
    Text {
        /// The platform's id of it.
        message_id: String,
        /// What they wrote.
        content: SecretString,
    },
    /// The person follows the service account.
    Follows {
        /// Whether they just began to; else they used its menu, or scanned its code, as only followers
        /// can.
        begins: bool,
    },
    /// The person sent something that is no text.
    NotText {
        /// The platform's id of it.
        message_id: String,
        /// What it is.
        form: Form,
    },
    /// The person no longer follows the service account: nothing reaches them by it.
    Unfollowed,
    /// Anything else.
    Other,
}

/// What a person sends that is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A picture, or a sticker.
    Image,
    /// Something spoken.
    Voice,
    /// A film.
    Video,
    /// A short film.
    ShortVideo,
    /// A place.
    Location,
    /// An address of a page.
    Link,
    /// A file.
    File,
}

impl Form {
    const ALL: [Self; 7] = [
        Self::Image,
        Self::Voice,
        Self::Video,
        Self::ShortVideo,
        Self::Location,
        Self::Link,
        Self::File,
    ];

    /// The platform's word (WeChat, "接收普通消息").
    const fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Voice => "voice",
            Self::Video => "video",
            Self::ShortVideo => "shortvideo",
            Self::Location => "location",
            Self::Link => "link",
            Self::File => "file",
        }
    }

    /// As the app shows it in its list of chats.
    pub const fn shown(self) -> &'static str {
        match self {
            Self::Image => "[图片]",
            Self::Voice => "[语音]",
            Self::Video | Self::ShortVideo => "[视频]",
            Self::Location => "[位置]",
            Self::Link => "[链接]",
            Self::File => "[文件]",
        }
    }
}

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The platform's id of the message, as [`crate::Accepted`] has it; `None` where it names none: with
    /// a `client_msg_id` it may report 0.
    pub provider_message_id: Option<String>,
    /// What it says.
    pub outcome: ReceiptOutcome,
    /// The platform's word for it.
    pub code: Option<String>,
}

/// What a person answered for one template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The template.
    pub template_id: String,
    /// Whether messages of it may be sent.
    pub accepted: bool,
}

/// Reads a decrypted message.
pub(super) fn read(message: &Element) -> Result<Notice, CallbackError> {
    const NONE: CallbackError = CallbackError::Malformed;
    let open_id = name(message, "FromUserName").ok_or(NONE)?;
    let seconds = message.text_of("CreateTime").and_then(|it| it.parse().ok());
    let happened_at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let event = match message.text_of("MsgType").ok_or(NONE)? {
        "event" => event(message, message.text_of("Event").ok_or(NONE)?),
        "text" => Some(Event::Text {
            message_id: name(message, "MsgId").ok_or(NONE)?,
            content: message.text_of("Content").unwrap_or_default().into(),
        }),
        word => match Form::ALL.into_iter().find(|form| form.word() == word) {
            None => Some(Event::Other),
            Some(form) => Some(Event::NotText {
                message_id: name(message, "MsgId").ok_or(NONE)?,
                form,
            }),
        },
    };
    Ok(Notice {
        open_id: open_id.into(),
        happened_at: happened_at.ok_or(NONE)?,
        event: event.ok_or(NONE)?,
    })
}

/// A message as it is kept. Of what is no text only that it came: neither where the person is nor what
/// they showed is ours to hold.
pub(super) fn kept(notice: &Notice, whole: String) -> String {
    let Event::NotText { message_id, form } = &notice.event else {
        return whole;
    };
    // Names and numbers, as they were read: nothing in them needs to be escaped.
    format!(
        "<xml><FromUserName>{}</FromUserName><CreateTime>{}</CreateTime><MsgType>{}</MsgType>\
         <MsgId>{message_id}</MsgId></xml>",
        notice.open_id.expose_secret(),
        notice.happened_at.timestamp(),
        form.word()
    )
}

fn event(message: &Element, word: &str) -> Option<Event> {
    let word = word.to_ascii_lowercase();
    Some(match word.as_str() {
        "templatesendjobfinish" => Event::TemplateSent(template_sent(message)),
        "subscribe_msg_sent_event" => {
            let items = items(message, "SubscribeMsgSentEvent");
            let sent = items.map(|item| Some((name(item, "TemplateId")?, subscribe_sent(item))));
            Event::SubscribeSent(sent.collect::<Option<_>>()?)
        }
        "subscribe_msg_popup_event" => {
            let items = items(message, "SubscribeMsgPopupEvent");
            Event::SubscribeAsked(items.map(answered).collect::<Option<_>>()?)
        }
        "subscribe_msg_change_event" => {
            let items = items(message, "SubscribeMsgChangeEvent");
            Event::SubscribeChanged(items.map(answered).collect::<Option<_>>()?)
        }
        "subscribe" => Event::Follows { begins: true },
        "click" | "view" | "view_miniprogram" | "scan" => Event::Follows { begins: false },
        "unsubscribe" => Event::Unfollowed,
        _ => Event::Other,
    })
}

/// What tells a repetition. Of somebody who uses the menu one call an hour is enough: it only says that
/// they follow, and each is a question to the platform.
pub(super) fn identity(message: &Element, notice: &Notice) -> String {
    if let Event::Follows { begins: false } = notice.event {
        let hour = notice.happened_at.timestamp().div_euclid(3_600);
        return format!("follows:{}:{hour}", notice.open_id.expose_secret());
    }
    of_one(message)
}

/// What tells a repetition of one message: of a message its id, of an event the person, the time and the
/// event (WeChat, "接收事件推送"), with what it is about, for two may happen in one second. Holds the
/// openid.
fn of_one(message: &Element) -> String {
    const TELLING: [&str; 10] = [
        "FromUserName",
        "CreateTime",
        "MsgType",
        "Event",
        "MsgId",
        "MsgID",
        "TemplateId",
        "SubscribeStatusString",
        "Status",
        "ErrorCode",
    ];
    fn collect(element: &Element, told: &mut Vec<(String, String)>) {
        for part in &element.parts {
            if TELLING.contains(&part.name.as_str()) {
                told.push((part.name.clone(), part.text.trim().to_owned()));
            }
            collect(part, told);
        }
    }
    let mut told = Vec::new();
    collect(message, &mut told);
    format!("{told:?}")
}

/// The entries of an event: in XML inside an element of its own, in JSON not.
fn items<'a>(message: &'a Element, wrapper: &str) -> impl Iterator<Item = &'a Element> {
    message.part(wrapper).unwrap_or(message).all("List")
}

fn answered(item: &Element) -> Option<Answered> {
    Some(Answered {
        template_id: name(item, "TemplateId")?,
        accepted: item.text_of("SubscribeStatusString") == Some("accept"),
    })
}

/// `success`, `failed:user block`, `failed: system failed`: spaces come and go. What is not known is a
/// failure, and never a delivery.
fn template_sent(message: &Element) -> Finished {
    let status = message.text_of("Status").unwrap_or_default();
    let status: String = status.split_whitespace().collect();
    let outcome = match status.as_str() {
        "success" => ReceiptOutcome::Delivered,
        "failed:userblock" => ReceiptOutcome::UndeliveredPermanent,
        _ => ReceiptOutcome::UndeliveredTemporary,
    };
    Finished {
        provider_message_id: message_id(message),
        outcome,
        code: wire_text::code(&status),
    }
}

/// `ErrorCode` 0 is a delivery; of the others only a refusal by the person is for good.
fn subscribe_sent(item: &Element) -> Finished {
    let code = item.text_of("ErrorCode").unwrap_or_default();
    let outcome = match code {
        "0" => ReceiptOutcome::Delivered,
        "43101" | "43004" | "40003" => ReceiptOutcome::UndeliveredPermanent,
        _ => ReceiptOutcome::UndeliveredTemporary,
    };
    Finished {
        provider_message_id: message_id(item),
        outcome,
        code: wire_text::code(code),
    }
}

/// Either spelling is in use.
fn message_id(element: &Element) -> Option<String> {
    let id = name(element, "MsgID").or_else(|| name(element, "MsgId"));
    id.filter(|id| id != "0")
}

/// A name as the platform makes them; text that is none is not there.
fn name(element: &Element, part: &str) -> Option<String> {
    let text = element.text_of(part)?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let whole = text.len() <= LONGEST && text.bytes().all(is_name);
    whole.then(|| text.to_owned())
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TemplateSent(it) => f.debug_tuple("TemplateSent").field(it).finish(),
            Self::SubscribeSent(it) => f.debug_tuple("SubscribeSent").field(it).finish(),
            Self::SubscribeAsked(it) => f.debug_tuple("SubscribeAsked").field(it).finish(),
            Self::SubscribeChanged(it) => f.debug_tuple("SubscribeChanged").field(it).finish(),
            Self::Text { message_id, .. } => f
                .debug_struct("Text")
                .field("message_id", message_id)
                .finish_non_exhaustive(),
            Self::Follows { begins } => f.debug_struct("Follows").field("begins", begins).finish(),
            Self::NotText { message_id, form } => f
                .debug_struct("NotText")
                .field("message_id", message_id)
                .field("form", form)
                .finish(),
            Self::Unfollowed => f.write_str("Unfollowed"),
            Self::Other => f.write_str("Other"),
        }
    }
}
