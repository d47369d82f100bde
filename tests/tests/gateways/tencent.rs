//! The Tencent Cloud client against a service that checks what the vendor checks.

mod limits;
mod receipts;
mod send;
mod signature;

use std::{sync::Arc, time::Duration};

use domain::channel_limits::tencent::Purpose;
use gateways::{
    Found, MessageGateway as _, Outgoing, ProviderTemplate, SendError, Sought, TencentGateway,
    tencent::{REGION, TencentSettings},
};
use platform::{Clock, ManualClock};
use tests::fakes::tencent::{APP_ID, FakeTencent, SECRET, SECRET_ID};

use crate::outgoing;

const TIMEOUT: Duration = Duration::from_secs(20);
const NOTICE: &str = "1110";
const FIXED: &str = "1111";
const CODE: &str = "1112";

struct Setting {
    fake: FakeTencent,
    gateway: TencentGateway,
    clock: Arc<ManualClock>,
}

fn settings(fake: &FakeTencent) -> TencentSettings {
    TencentSettings {
        endpoint: fake.url(),
        region: REGION.to_owned(),
        secret_id: SECRET_ID.to_owned(),
        secret_key: SECRET.into(),
        sdk_app_id: APP_ID.to_owned(),
        extend_code: None,
        timeout: TIMEOUT,
        connect_timeout: TIMEOUT,
        allow_private_addresses: true,
    }
}

async fn setting() -> Setting {
    let (clock, hands) = Clock::manual("2026-06-05T01:00:00Z".parse().unwrap());
    let fake = FakeTencent::start(clock).await;
    fake.approve_signature("城东服务站");
    fake.approve_template(NOTICE, Purpose::Notice, 2);
    fake.approve_template(FIXED, Purpose::Notice, 0);
    fake.approve_template(CODE, Purpose::Code, 1);
    Setting {
        gateway: TencentGateway::new(&settings(&fake)).unwrap(),
        fake,
        clock: hands,
    }
}

impl Setting {
    fn message(&self, template: &str, params: &[&str]) -> Outgoing {
        let places = (1..).map(|place: usize| place.to_string());
        let values = params.iter().map(|value| (*value).to_owned());
        Outgoing {
            template: Some(ProviderTemplate {
                provider_template_id: template.to_owned(),
                params: places.zip(values).collect(),
            }),
            ..outgoing(self.clock.now())
        }
    }

    fn usual(&self) -> Outgoing {
        self.message(NOTICE, &["王先生", "6月12日"])
    }

    async fn refusal(&self, message: &Outgoing) -> SendError {
        self.gateway.send(message).await.unwrap_err()
    }

    async fn look_up(&self, message: &Outgoing, reference: Option<&str>) -> Found {
        let sought = Sought {
            attempt_id: message.attempt_id,
            recipient: message.recipient.clone(),
            sent_at: message.sent_at,
            ended_at: message.sent_at,
            provider_message_id: reference.map(str::to_owned),
            now: self.clock.now(),
        };
        self.gateway.look_up(&sought).await.unwrap()
    }
}
