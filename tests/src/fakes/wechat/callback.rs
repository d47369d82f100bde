//! Calls back as the platform makes them.

use aws_lc_rs::{
    cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey},
    digest::{Context, SHA1_FOR_LEGACY_USE_ONLY},
    iv::FixedLength,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};

use super::APP_ID;
use crate::fakes::aliyun::hex;

/// The token of the callback.
pub const TOKEN: &str = "reminderToken01";
/// Its EncodingAESKey.
pub const AES_KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFA";
const NONCE: &str = "1320562132";

/// One call back.
#[derive(Debug, Clone)]
pub struct Callback {
    /// Seconds since 1970 (UTC).
    pub timestamp: String,
    /// Any text.
    pub nonce: String,
    /// Covers everything.
    pub msg_signature: String,
    /// Covers no body.
    pub signature: String,
    /// XML with the encrypted message in it.
    pub body: String,
}

/// The call back with this message, made at an instant (UTC).
pub fn callback(message: &str, at: DateTime<Utc>) -> Callback {
    let (timestamp, encrypted) = (at.timestamp().to_string(), encrypt(message));
    Callback {
        msg_signature: sha1(&[TOKEN, &timestamp, NONCE, &encrypted]),
        signature: sha1(&[TOKEN, &timestamp, NONCE]),
        body: format!(
            "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        ),
        nonce: NONCE.to_owned(),
        timestamp,
    }
}

/// An event about somebody, that happened so many seconds after 1970 (UTC).
pub fn event(open_id: &str, seconds: i64, parts: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\
         <FromUserName><![CDATA[{open_id}]]></FromUserName><CreateTime>{seconds}</CreateTime>\
         <MsgType><![CDATA[event]]></MsgType>{parts}</xml>"
    )
}

/// What became of a template message, as parts of an [`event`].
pub fn finished(id: &str, status: &str) -> String {
    format!(
        "<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>{id}</MsgID>\
         <Status><![CDATA[{status}]]></Status>"
    )
}

/// What became of a subscribe message, as parts of an [`event`].
pub fn sent(id: &str, template: &str, code: &str) -> String {
    format!(
        "<Event>subscribe_msg_sent_event</Event><SubscribeMsgSentEvent><List>\
         <TemplateId>{template}</TemplateId><MsgID>{id}</MsgID><ErrorCode>{code}</ErrorCode>\
         <ErrorStatus>x</ErrorStatus></List></SubscribeMsgSentEvent>"
    )
}

fn encrypt(message: &str) -> String {
    let key = STANDARD.decode(format!("{AES_KEY}=")).unwrap();
    let mut bytes = b"aaaabbbbccccdddd".to_vec();
    bytes.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    bytes.extend(message.bytes());
    bytes.extend(APP_ID.bytes());
    let padding = 32 - bytes.len() % 32;
    bytes.resize(bytes.len() + padding, u8::try_from(padding).unwrap());
    let iv: [u8; 16] = key[..16].try_into().unwrap();
    let cipher = UnboundCipherKey::new(&AES_256, &key).and_then(EncryptingKey::cbc);
    let context = EncryptionContext::Iv128(FixedLength::from(iv));
    cipher
        .unwrap()
        .less_safe_encrypt(&mut bytes, context)
        .unwrap();
    STANDARD.encode(bytes)
}

fn sha1(parts: &[&str]) -> String {
    let mut parts = parts.to_vec();
    parts.sort_unstable();
    let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    context.update(parts.concat().as_bytes());
    hex(context.finish())
}
