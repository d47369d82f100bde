//! The Aliyun client against a service that checks what the vendor checks.

mod batch;
mod limits;
mod look_up;
mod receipts;
mod send;
mod signature;
mod variables;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use domain::channel_limits::aliyun::VariableRule;
use gateways::{
    AliyunGateway, Found, MessageGateway as _, Nonces, Outgoing, ProviderTemplate, SendError,
    Sought, aliyun::AliyunSettings,
};
use platform::{Clock, ManualClock};
use tests::fakes::aliyun::{FakeAliyun, KEY_ID, SECRET};

use crate::outgoing;

const TIMEOUT: Duration = Duration::from_secs(20);
const TEMPLATE: &str = "SMS_100000001";

struct Setting {
    fake: FakeAliyun,
    gateway: AliyunGateway,
    clock: Arc<ManualClock>,
}

fn settings(fake: &FakeAliyun) -> AliyunSettings {
    AliyunSettings {
        endpoint: fake.url(),
        access_key_id: KEY_ID.to_owned(),
        access_key_secret: SECRET.into(),
        extend_code: Some("90".to_owned()),
        timeout: TIMEOUT,
        connect_timeout: TIMEOUT,
        allow_private_addresses: true,
    }
}

/// Numbers in a row: never twice the same.
fn nonces() -> Nonces {
    let next = AtomicU64::new(1);
    Nonces::new(move || u128::from(next.fetch_add(1, Ordering::Relaxed)))
}

/// At an instant (UTC).
async fn at(text: &str) -> Setting {
    let (clock, hands) = Clock::manual(text.parse().unwrap());
    let fake = FakeAliyun::start(clock).await;
    fake.approve_signature("城东服务站");
    let variables = [("name", VariableRule::Name), ("time", VariableRule::Time)];
    fake.approve_template(TEMPLATE, &variables);
    Setting {
        gateway: AliyunGateway::new(&settings(&fake), nonces()).unwrap(),
        fake,
        clock: hands,
    }
}

async fn setting() -> Setting {
    at("2026-06-05T01:00:00Z").await
}

fn template(params: &[(&str, &str)]) -> ProviderTemplate {
    let params = params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    ProviderTemplate {
        provider_template_id: TEMPLATE.to_owned(),
        params: params.collect(),
    }
}

fn usual() -> ProviderTemplate {
    template(&[("name", "王先生"), ("time", "6月12日 17:00")])
}

impl Setting {
    fn message(&self) -> Outgoing {
        Outgoing {
            template: Some(usual()),
            ..outgoing(self.clock.now())
        }
    }

    async fn refusal(&self, message: &Outgoing) -> SendError {
        self.gateway.send(message).await.unwrap_err()
    }

    async fn look_up(&self, message: &Outgoing) -> Result<Found, SendError> {
        self.look_up_after(message, message.sent_at).await
    }

    async fn look_up_after(
        &self,
        message: &Outgoing,
        ended_at: DateTime<Utc>,
    ) -> Result<Found, SendError> {
        let sought = Sought {
            attempt_id: message.attempt_id,
            recipient: message.recipient.clone(),
            sent_at: message.sent_at,
            ended_at,
            provider_message_id: None,
            now: self.clock.now(),
        };
        self.gateway.look_up(&sought).await
    }
}
