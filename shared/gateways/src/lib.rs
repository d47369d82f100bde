//! Outgoing messages: what a gateway is, and the gateways there are.
//!
//! This crate knows messages and HTTP. It knows no database, keeps no state that matters, and
//! never retries: whether and when to try again is decided where attempts are recorded.

mod access_token;
pub mod aliyun;
mod china_time;
mod digests;
pub mod email;
mod failure;
pub mod http;
mod look_up;
mod message;
mod nonce;
pub mod push;
pub mod receipt;
pub mod recording;
pub mod reply;
pub mod standard_webhooks;
pub mod tencent;
pub mod webhook;
pub mod wechat;
pub mod wecom;
mod wire_text;

use std::{fmt, pin::Pin};

pub use aliyun::AliyunGateway;
pub use domain::delivery::Failure;
pub use failure::SendError;
pub use look_up::{Found, LookingUp, Sought};
pub use message::{Accepted, Outgoing, ProviderTemplate};
pub use nonce::Nonces;
pub use recording::RecordingGateway;
pub use tencent::TencentGateway;
pub use webhook::WebhookGateway;

/// The answer to come of one attempt.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Accepted, SendError>> + Send + 'a>>;

/// A way for messages to leave.
pub trait MessageGateway: fmt::Debug + Send + Sync {
    /// Hands one message over, once. The future ends within the gateway's time-out; dropping it
    /// before that leaves the outcome unknown.
    ///
    /// # Errors
    /// [`SendError`], whose class says what may be done next. [`Failure::Unknown`] means the
    /// message may have been taken: it is never proof that it was not.
    fn send<'a>(&'a self, message: &'a Outgoing) -> Sending<'a>;

    /// Asks what became of an attempt: after [`Failure::Unknown`], before anything is sent again; or
    /// when no receipt came. A gateway that does not implement it cannot be asked.
    ///
    /// # Errors
    /// [`SendError`], when the question itself failed. It says nothing of the message.
    fn look_up<'a>(&'a self, _sought: &'a Sought) -> LookingUp<'a> {
        Box::pin(async { Ok(Found::CannotTell) })
    }

    /// Whether [`MessageGateway::look_up`] may tell more than nothing.
    fn can_be_asked(&self) -> bool {
        false
    }

    /// The name that attempts and receipts are recorded under.
    fn name(&self) -> &'static str;

    /// The channel it serves.
    fn channel(&self) -> domain::Channel;
}
