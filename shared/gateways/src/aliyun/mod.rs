//! Aliyun SMS (Dysmsapi 2017-05-25, help.aliyun.com 101414).
//!
//! A message leaves by one signed call with the vendor's template and its variables. There is no key
//! against repetitions: `OutId` is our attempt, comes back in the receipt, and is what a lost answer is
//! looked up by. Personal data stands in the URL of a call, so no URL of it may reach a log.

mod batch;
mod call;
mod codes;
#[cfg(test)]
mod legacy;
mod query;
pub mod receipt;
pub mod reply;
mod send;
mod sign;

use std::{fmt, time::Duration};

use aws_lc_rs::hmac;
use domain::Channel;
use reqwest::{Client, Url};
use secrecy::{ExposeSecret as _, SecretString};

pub use self::batch::{Batch, BatchItem, MOST};
use crate::{
    LookingUp, MessageGateway, Nonces, Outgoing, Sending, Sought,
    http::{self, BuildError, ClientSettings},
};

/// Where the service is.
pub const ENDPOINT: &str = "https://dysmsapi.aliyuncs.com/";

/// What the vendor wants to hear after a receipt or a reply; anything else and it posts again after
/// 1, 5 and 10 minutes (help.aliyun.com 101867).
pub const ACKNOWLEDGEMENT: &str = r#"{"code":0,"msg":"接收成功"}"#;

/// An account of ours.
#[derive(Debug, Clone)]
pub struct AliyunSettings {
    /// [`ENDPOINT`], or that of a region.
    pub endpoint: String,
    /// Id of the access key.
    pub access_key_id: String,
    /// The access key.
    pub access_key_secret: SecretString,
    /// Extension of the sender's number, which replies come back with.
    pub extend_code: Option<String>,
    /// Longest time one call may take.
    pub timeout: Duration,
    /// Longest time to connect.
    pub connect_timeout: Duration,
    /// Whether the endpoint may have an address that is not public.
    pub allow_private_addresses: bool,
}

/// Sends by one account. Connections are reused.
pub struct AliyunGateway {
    client: Client,
    endpoint: Url,
    access_key_id: String,
    key: hmac::Key,
    extend_code: Option<String>,
    nonces: Nonces,
}

impl AliyunGateway {
    /// A gateway by `settings`; every call has a nonce of its own.
    ///
    /// # Errors
    /// [`BuildError`]: an endpoint that is none, or an address that is not allowed.
    pub fn new(settings: &AliyunSettings, nonces: Nonces) -> Result<Self, BuildError> {
        let endpoint = settings.endpoint.as_str().into();
        let key = settings.access_key_secret.expose_secret().as_bytes();
        Ok(Self {
            endpoint: http::check_url(&endpoint, settings.allow_private_addresses)?,
            client: http::build(ClientSettings {
                timeout: settings.timeout,
                connect_timeout: settings.connect_timeout,
                allow_private_addresses: settings.allow_private_addresses,
            })?,
            access_key_id: settings.access_key_id.clone(),
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
            extend_code: settings.extend_code.clone(),
            nonces,
        })
    }
}

impl fmt::Debug for AliyunGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AliyunGateway(..)")
    }
}

impl MessageGateway for AliyunGateway {
    fn send<'a>(&'a self, message: &'a Outgoing) -> Sending<'a> {
        Box::pin(self.send_sms(message))
    }

    fn look_up<'a>(&'a self, sought: &'a Sought) -> LookingUp<'a> {
        Box::pin(self.find(sought))
    }

    fn can_be_asked(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        "aliyun"
    }

    fn channel(&self) -> Channel {
        Channel::Sms
    }
}
