//! What the vendor lets into variables: two tables made apart from each other agree.

use domain::channel_limits::aliyun::{VariableRule, check};
use gateways::{MessageGateway as _, Outgoing, ProviderTemplate, SendError};

use super::{Setting, setting};

const VALUES: [&str; 46] = [
    "0",
    "12",
    "123",
    "1234",
    "012345",
    "1234567",
    "12a4",
    "王",
    "王先生",
    "欧阳女士",
    "王先生您好",
    "王先生您好吗",
    "阿卜杜拉·买买提",
    "Wang",
    "李老师",
    "城东服务站",
    "626中心",
    "6月12日",
    "12月31日前",
    "17:00",
    "6月12日 17:00",
    "上午9:00",
    "上午",
    "2026-06-12",
    "2026/6/12 9:00:00",
    "2026年6月12日",
    "2026_06_12",
    "13800138000",
    "见13800138000",
    "0571-88880000",
    "400-820-8820",
    "10086",
    "1008",
    "1-2-3",
    "(0571)8888",
    "000000000000000",
    "",
    " ",
    "\u{3000}",
    "【城东】",
    "一\n二",
    "http://a.example",
    "a.cn/b",
    "WWW.GOV.CN",
    "加微信abc",
    "QQ群12",
];

impl Setting {
    /// Sends one value to a number of its own.
    async fn try_value(&self, rule: VariableRule, value: &str) -> Result<(), SendError> {
        let id = format!("SMS_{rule}").replace('_', "-");
        self.fake.approve_template(&id, &[("v", rule)]);
        let message = Outgoing {
            recipient: format!("+86139{:08}", self.fake.calls()),
            template: Some(ProviderTemplate {
                provider_template_id: id,
                params: vec![("v".to_owned(), value.to_owned())],
            }),
            ..self.message()
        };
        self.gateway.send(&message).await.map(|_| ())
    }
}

#[tokio::test]
async fn the_vendor_takes_what_we_let_through_and_nothing_else() {
    let setting = setting().await;
    for &rule in VariableRule::ALL {
        let long = [20, 21, 35, 36].map(|length| "字".repeat(length));
        let latin = [35, 36].map(|length| "A1".repeat(length)[..length].to_owned());
        let longer = long.iter().chain(&latin).map(String::as_str);
        for value in VALUES.into_iter().chain(longer) {
            let taken = setting.try_value(rule, value).await;
            let ours = check(rule, value);
            assert_eq!(
                taken.is_ok(),
                ours.is_ok(),
                "{rule} {value}: {taken:?}, {ours:?}"
            );
        }
    }
}
