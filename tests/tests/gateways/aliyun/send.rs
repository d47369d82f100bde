//! What is taken, what is refused, and by which class.

use std::time::Duration;

use domain::delivery::{Failure, says_bad_number};
use gateways::{
    AliyunGateway, MessageGateway as _, Outgoing, ProviderTemplate, SendError,
    aliyun::AliyunSettings,
};
use serde_json::Value;
use tests::fakes::{aliyun::Act, wire::Reaction};

use super::{TIMEOUT, nonces, setting, settings, template, usual};

#[tokio::test]
async fn a_message_is_taken_with_its_variables_and_its_reference_comes_back() {
    let setting = setting().await;
    let message = setting.message();
    let accepted = setting.gateway.send(&message).await.unwrap();
    assert!(!accepted.delivered, "only a receipt says delivered");
    let taken = &setting.fake.taken()[0];
    assert_eq!(
        accepted.provider_message_id.as_deref(),
        Some(taken.biz_id.as_str())
    );
    assert_eq!(taken.out_id, message.attempt_id.to_string());
    assert_eq!(
        (taken.to.as_str(), taken.signature.as_str()),
        ("13800138000", "城东服务站")
    );
    assert_eq!(taken.params["time"], "6月12日 17:00");
    assert_eq!(
        (setting.gateway.name(), setting.gateway.channel()),
        ("aliyun", domain::Channel::Sms)
    );
}

#[tokio::test]
async fn what_would_not_fit_is_refused_and_not_taken() {
    let setting = setting().await;
    let cases = [
        (
            template(&[("name", "王先生")]),
            "isv.TEMPLATE_MISSING_PARAMETERS",
        ),
        (
            template(&[("name", "王先生您好吗"), ("time", "17:00")]),
            "isv.PARAM_LENGTH_LIMIT",
        ),
        (
            template(&[("name", "王先生"), ("time", "2026年")]),
            "isv.TEMPLATE_PARAMS_ILLEGAL",
        ),
        (
            template(&[("name", "a.cn/b"), ("time", "17:00")]),
            "isv.PARAM_NOT_SUPPORT_URL",
        ),
    ];
    for (template, code) in cases {
        let message = Outgoing {
            template: Some(template),
            ..setting.message()
        };
        let expected = SendError::new(Failure::Permanent, code);
        assert_eq!(setting.refusal(&message).await, expected);
    }
    // Not ours to approve: an alarm, and another account.
    let unknown = ProviderTemplate {
        provider_template_id: "SMS_2".to_owned(),
        ..usual()
    };
    let messages = [
        (
            Outgoing {
                template: Some(unknown),
                ..setting.message()
            },
            "isv.SMS_TEMPLATE_ILLEGAL",
        ),
        (
            Outgoing {
                text: "【别处】您好".to_owned(),
                ..setting.message()
            },
            "isv.SMS_SIGNATURE_ILLEGAL",
        ),
    ];
    for (message, code) in messages {
        let expected = SendError::new(Failure::Configuration, code);
        assert_eq!(setting.refusal(&message).await, expected);
    }
    assert!(setting.fake.taken().is_empty());
}

#[tokio::test]
async fn what_cannot_be_a_call_is_not_made() {
    let setting = setting().await;
    let cases = [
        (
            Outgoing {
                template: None,
                ..setting.message()
            },
            "template_missing",
        ),
        (
            Outgoing {
                text: "您好".to_owned(),
                ..setting.message()
            },
            "signature_missing",
        ),
        (
            Outgoing {
                recipient: "+12025550123".to_owned(),
                ..setting.message()
            },
            "invalid_number",
        ),
    ];
    for (message, code) in cases {
        let expected = SendError::new(Failure::Permanent, code);
        assert_eq!(setting.refusal(&message).await, expected);
    }
    assert!(says_bad_number("invalid_number"));
    assert_eq!(setting.fake.calls(), 0);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_unknown() {
    let setting = setting().await;
    let impatient = AliyunSettings {
        timeout: Duration::from_secs(1),
        ..settings(&setting.fake)
    };
    let gateway = AliyunGateway::new(&impatient, nonces()).unwrap();
    setting
        .fake
        .script([Act::TakeThen(Reaction::Late(TIMEOUT, Value::Null))]);
    let error = gateway.send(&setting.message()).await.unwrap_err();
    assert_eq!(error, SendError::new(Failure::Unknown, "timeout"));
    assert_eq!(setting.fake.taken().len(), 1);
}

#[tokio::test]
async fn every_refusal_has_its_class() {
    let setting = setting().await;
    let refuse = |status, code| Act::Refuse(status, code, "触发分钟级流控Permits:1");
    let cases = [
        (refuse(200, "isv.MOBILE_NUMBER_ILLEGAL"), Failure::Permanent),
        (refuse(200, "isv.NEVER_HEARD_OF"), Failure::Permanent),
        (refuse(200, "isv.AMOUNT_NOT_ENOUGH"), Failure::Configuration),
        (
            refuse(403, "isp.RAM_PERMISSION_DENY"),
            Failure::Configuration,
        ),
        (refuse(200, "isv.BUSINESS_LIMIT_CONTROL"), Failure::Quota),
        (refuse(200, "isp.SYSTEM_ERROR"), Failure::Transient),
        (refuse(503, "ServiceUnavailable"), Failure::Transient),
        (refuse(400, "Throttling.User"), Failure::Transient),
        (
            Act::Instead(Reaction::Answer(502, Value::Null)),
            Failure::Transient,
        ),
        (
            Act::Instead(Reaction::Answer(504, Value::Null)),
            Failure::Unknown,
        ),
        (
            Act::Instead(Reaction::Answer(200, Value::Null)),
            Failure::Unknown,
        ),
        (Act::Instead(Reaction::Reset), Failure::Unknown),
        (Act::Instead(Reaction::Drop), Failure::Unknown),
    ];
    for (act, class) in cases {
        let shown = format!("{act:?}");
        setting.fake.script([act]);
        assert_eq!(
            setting.refusal(&setting.message()).await.class,
            class,
            "{shown}"
        );
    }
    assert!(setting.fake.taken().is_empty());
    let limit = "isv.BUSINESS_LIMIT_CONTROL";
    setting.fake.script([refuse(200, limit)]);
    let wait = setting.refusal(&setting.message()).await.retry_after;
    assert_eq!(wait, Some(Duration::from_mins(1)));
}
