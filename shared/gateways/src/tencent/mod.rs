//! Tencent Cloud SMS (2021-01-11, cloud.tencent.com 382/55981).
//!
//! Every answer has status 200; the verdict stands in the body, for the whole call or number by number.
//! There is no key against repetitions, and a receipt does not repeat our attempt: it is joined by the
//! `SerialNo` of the answer.

mod call;
mod codes;
pub mod receipt;
pub mod reply;
mod send;
mod sign;
mod status;

use std::{fmt, time::Duration};

use domain::Channel;
use reqwest::{Client, Url};
use secrecy::SecretString;

pub use self::send::{MOST, SendSms};
use crate::{
    LookingUp, MessageGateway, Outgoing, Sending, Sought,
    http::{self, BuildError, ClientSettings},
};

/// Where the service is.
pub const ENDPOINT: &str = "https://sms.tencentcloudapi.com/";
/// Where most accounts are.
pub const REGION: &str = "ap-guangzhou";

/// What the vendor wants to hear after a receipt or a reply (cloud.tencent.com 382/5807).
pub const ACKNOWLEDGEMENT: &str = r#"{"result":0,"errmsg":"OK"}"#;

/// An account of ours.
#[derive(Debug, Clone)]
pub struct TencentSettings {
    /// [`ENDPOINT`], or another of the vendor's.
    pub endpoint: String,
    /// [`REGION`], or another.
    pub region: String,
    /// Id of the key.
    pub secret_id: String,
    /// The key.
    pub secret_key: SecretString,
    /// The application that messages are sent and counted for.
    pub sdk_app_id: String,
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
pub struct TencentGateway {
    client: Client,
    endpoint: Url,
    region: String,
    secret_id: String,
    secret_key: SecretString,
    sdk_app_id: String,
    extend_code: Option<String>,
}

impl TencentGateway {
    /// A gateway by `settings`.
    ///
    /// # Errors
    /// [`BuildError`]: an endpoint that is none, or an address that is not allowed.
    pub fn new(settings: &TencentSettings) -> Result<Self, BuildError> {
        let endpoint = settings.endpoint.as_str().into();
        Ok(Self {
            endpoint: http::check_url(&endpoint, settings.allow_private_addresses)?,
            client: http::build(ClientSettings {
                timeout: settings.timeout,
                connect_timeout: settings.connect_timeout,
                allow_private_addresses: settings.allow_private_addresses,
            })?,
            region: settings.region.clone(),
            secret_id: settings.secret_id.clone(),
            secret_key: settings.secret_key.clone(),
            sdk_app_id: settings.sdk_app_id.clone(),
            extend_code: settings.extend_code.clone(),
        })
    }
}

impl fmt::Debug for TencentGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TencentGateway(..)")
    }
}

impl MessageGateway for TencentGateway {
    fn send<'a>(&'a self, message: &'a Outgoing) -> Sending<'a> {
        Box::pin(self.send_one(message))
    }

    fn look_up<'a>(&'a self, sought: &'a Sought) -> LookingUp<'a> {
        Box::pin(self.find(sought))
    }

    fn can_be_asked(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        "tencent"
    }

    fn channel(&self) -> Channel {
        Channel::Sms
    }
}
