//! The vendors of a soak, each with faults of its own.

use chrono::TimeDelta;
use domain::channel_limits::{aliyun::VariableRule, tencent::Purpose};

use super::faults;
use crate::{
    FakeGateway, TestApp,
    fakes::{
        aliyun::{self, FakeAliyun},
        smtp::{self, FakeSmtp},
        tencent::{self, FakeTencent},
        webhook,
        wechat::{self, FakeWechat},
        wecom::{self, FakeWecom},
    },
};

/// The accounts, by their names in the settings.
pub(super) use crate::vendors::{ALIYUN, MINI_PROGRAM, SERVICE_ACCOUNT, TENCENT};
pub(super) const PLATFORM: &str = "webhook";
pub(super) const CORP: &str = "corp";
pub(super) const MAIL: &str = "mail";

/// The template at each of them.
pub(super) const ALIYUN_TEMPLATE: &str = "SMS_100000001";
pub(super) const TENCENT_TEMPLATE: &str = "1900001";
pub(super) const WECHAT_TEMPLATE: &str = "day-reminder";

/// The words of the office's signature.
const SIGNATURE: &str = "城东服务站";

/// The vendors.
pub(super) struct Vendors {
    pub aliyun: FakeAliyun,
    pub tencent: FakeTencent,
    pub wechat: FakeWechat,
    pub platform: FakeGateway,
    pub wecom: FakeWecom,
    pub mail: FakeSmtp,
}

impl Vendors {
    /// Starts them in the time of the app; what is filed with them is approved.
    pub async fn start(app: &TestApp, seed: u64) -> Self {
        let vendors = Self {
            aliyun: FakeAliyun::start(app.clock()).await,
            tencent: FakeTencent::start(app.clock()).await,
            wechat: FakeWechat::start(app.clock()).await,
            platform: FakeGateway::start(app.clock()).await,
            wecom: FakeWecom::start(app.clock()).await,
            mail: FakeSmtp::start().await,
        };
        let (aliyun, tencent) = (&vendors.aliyun, &vendors.tencent);
        aliyun.approve_signature(SIGNATURE);
        aliyun.approve_template(ALIYUN_TEMPLATE, &[("day", VariableRule::Time)]);
        tencent.approve_signature(SIGNATURE);
        tencent.approve_template(TENCENT_TEMPLATE, Purpose::Notice, 1);
        // Its query lags, as the real one does.
        aliyun.lag(TimeDelta::seconds(40));
        aliyun.leave_to(faults::aliyun(seed));
        tencent.leave_to(faults::tencent(seed));
        vendors.wechat.leave_to(faults::wechat(seed));
        vendors.platform.leave_to(faults::platform(seed));
        vendors.wecom.leave_to(faults::wecom(seed));
        vendors.mail.leave_to(faults::mail(seed));
        vendors
    }

    /// The accounts as settings.
    pub fn settings(&self) -> String {
        let account = |name: &str, kind: &str, weight: u32, url: &str, secret: &str, rest: &str| {
            format!(
                "[[providers]]\nname = \"{name}\"\nkind = \"{kind}\"\nweight = {weight}\n\
                 url = \"{url}\"\nsecret = \"{secret}\"\n{rest}timeout_seconds = 2\n\
                 connect_timeout_seconds = 2\nallow_private_addresses = true\n\n"
            )
        };
        let wechat = format!("app_id = \"{}\"\n", wechat::APP_ID);
        let (service, mini) = ("wechat_template", "wechat_subscribe");
        let at_wechat = |name: &str, kind: &str| {
            account(name, kind, 1, &self.wechat.url(), wechat::SECRET, &wechat)
        };
        let aliyun = format!("key_id = \"{}\"\n", aliyun::KEY_ID);
        let wecom = format!(
            "corp_id = \"{}\"\nagent_id = {}\n",
            wecom::CORP_ID,
            wecom::AGENT_ID
        );
        let mail = format!(
            "[[providers]]\nname = \"{MAIL}\"\nkind = \"email\"\nhost = \"127.0.0.1\"\nport = {}\n\
             tls = \"none\"\nuser = \"{}\"\nsecret = \"{}\"\nfrom = \"notice@example.gov.cn\"\n\
             timeout_seconds = 2\nconnect_timeout_seconds = 2\n\n",
            self.mail.port(),
            smtp::USER,
            smtp::PASSWORD
        );
        let tencent = format!(
            "key_id = \"{}\"\napp_id = \"{}\"\n",
            tencent::SECRET_ID,
            tencent::APP_ID
        );
        [
            at_wechat(SERVICE_ACCOUNT, service),
            at_wechat(MINI_PROGRAM, mini),
            account(
                ALIYUN,
                "aliyun",
                45,
                &self.aliyun.url(),
                aliyun::SECRET,
                &aliyun,
            ),
            account(
                TENCENT,
                "tencent",
                20,
                &self.tencent.url(),
                tencent::SECRET,
                &tencent,
            ),
            account(
                PLATFORM,
                "webhook",
                35,
                &self.platform.url(),
                webhook::SECRET,
                "",
            ),
            account(CORP, "wecom", 1, &self.wecom.url(), wecom::SECRET, &wecom),
            mail,
        ]
        .concat()
    }
}
