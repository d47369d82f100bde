//! What is taken, what is refused, and by which class.

use std::time::Duration;

use domain::delivery::Failure;
use gateways::{
    MessageGateway as _, Outgoing, SendError, TencentGateway,
    tencent::{MOST, SendSms, TencentSettings},
};
use serde_json::{Value, json};
use tests::fakes::{
    tencent::{Act, NoticeVariables},
    wire::Reaction,
};

use super::{CODE, FIXED, NOTICE, TIMEOUT, setting, settings};

#[tokio::test]
async fn a_message_is_taken_with_its_values_and_its_reference_comes_back() {
    let setting = setting().await;
    let message = setting.usual();
    let accepted = setting.gateway.send(&message).await.unwrap();
    assert!(!accepted.delivered, "only a receipt says delivered");
    let taken = &setting.fake.taken()[0];
    assert_eq!(
        accepted.provider_message_id.as_deref(),
        Some(taken.serial_no.as_str())
    );
    assert_eq!(taken.session_context, message.attempt_id.to_string());
    assert_eq!(
        (taken.to.as_str(), taken.signature.as_str()),
        ("+8613800138000", "城东服务站")
    );
    assert_eq!(taken.params, ["王先生", "6月12日"]);
    assert_eq!(
        (setting.gateway.name(), setting.gateway.channel()),
        ("tencent", domain::Channel::Sms)
    );
}

#[tokio::test]
async fn what_would_not_fit_is_refused_and_not_taken() {
    let setting = setting().await;
    let value = "InvalidParameterValue";
    let cases = [
        (
            NOTICE,
            &["王先生"][..],
            "FailedOperation.TemplateParamSetNotMatchApprovedTemplate".to_owned(),
        ),
        (
            NOTICE,
            &["王先生", "6月12日 17:00"],
            format!("{value}.TemplateParameterLengthLimit"),
        ),
        (
            NOTICE,
            &["王先生", "a.cn"],
            format!("{value}.ProhibitedUseUrlInTemplateParameter"),
        ),
        (
            NOTICE,
            &["王先生", ""],
            format!("{value}.TemplateParameterFormatError"),
        ),
        (
            CODE,
            &["1234567"],
            format!("{value}.TemplateParameterLengthLimit"),
        ),
    ];
    for (template, params, code) in cases {
        let refusal = setting.refusal(&setting.message(template, params)).await;
        assert_eq!(refusal, SendError::new(Failure::Permanent, code));
    }
    let unknown = setting.refusal(&setting.message("1", &[])).await;
    let code = "FailedOperation.TemplateUnapprovedOrNotExist";
    assert_eq!(unknown, SendError::new(Failure::Configuration, code));
    let elsewhere = Outgoing {
        text: "【别处】您好".to_owned(),
        ..setting.usual()
    };
    let code = "FailedOperation.SignatureIncorrectOrUnapproved";
    assert_eq!(
        setting.refusal(&elsewhere).await,
        SendError::new(Failure::Configuration, code)
    );
    assert!(setting.fake.taken().is_empty());
}

#[tokio::test]
async fn an_account_that_may_use_no_variables_takes_the_fixed_text_and_codes() {
    let setting = setting().await;
    setting.fake.set_terms(NoticeVariables::Barred);
    let code = "InvalidParameterValue.UnsupportedTemplateVariable";
    let refusal = setting.refusal(&setting.usual()).await;
    assert_eq!(refusal, SendError::new(Failure::Permanent, code));
    setting
        .gateway
        .send(&setting.message(FIXED, &[]))
        .await
        .unwrap();
    setting
        .gateway
        .send(&setting.message(CODE, &["012345"]))
        .await
        .unwrap();
    assert_eq!(setting.fake.taken().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_a_call_is_not_made() {
    let setting = setting().await;
    let cases = [
        (
            Outgoing {
                template: None,
                ..setting.usual()
            },
            "template_missing",
        ),
        (
            Outgoing {
                text: "您好".to_owned(),
                ..setting.usual()
            },
            "signature_missing",
        ),
        (
            Outgoing {
                recipient: "0571-88880000".to_owned(),
                ..setting.usual()
            },
            "invalid_number",
        ),
    ];
    for (message, code) in cases {
        let expected = SendError::new(Failure::Permanent, code);
        assert_eq!(setting.refusal(&message).await, expected);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_unknown() {
    let setting = setting().await;
    let impatient = TencentSettings {
        timeout: Duration::from_secs(1),
        ..settings(&setting.fake)
    };
    let gateway = TencentGateway::new(&impatient).unwrap();
    setting
        .fake
        .script([Act::TakeThen(Reaction::Late(TIMEOUT, Value::Null))]);
    let error = gateway.send(&setting.usual()).await.unwrap_err();
    assert_eq!(error, SendError::new(Failure::Unknown, "timeout"));
    assert_eq!(setting.fake.taken().len(), 1);
}

#[tokio::test]
async fn every_refusal_has_its_class() {
    let setting = setting().await;
    let cases = [
        (
            Act::RefuseNumbers("FailedOperation.PhoneNumberInBlacklist"),
            Failure::Permanent,
        ),
        (
            Act::RefuseNumbers("FailedOperation.NeverHeardOf"),
            Failure::Permanent,
        ),
        (
            Act::RefuseNumbers("LimitExceeded.PhoneNumberDailyLimit"),
            Failure::Quota,
        ),
        (
            Act::RefuseNumbers("InternalError.OtherError"),
            Failure::Transient,
        ),
        (
            Act::RefuseNumbers("FailedOperation.InsufficientBalanceInSmsPackage"),
            Failure::Configuration,
        ),
        (
            Act::RefuseCall("UnauthorizedOperation.ServiceSuspendDueToArrears"),
            Failure::Configuration,
        ),
        (
            Act::RefuseCall("RequestLimitExceeded.UinLimitExceeded"),
            Failure::Transient,
        ),
        (Act::RefuseCall("InternalError.Timeout"), Failure::Transient),
        (
            Act::Instead(Reaction::Answer(503, Value::Null)),
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
        (
            Act::Instead(Reaction::Answer(
                200,
                json!({"Response":{"SendStatusSet":[]}}),
            )),
            Failure::Unknown,
        ),
        (Act::Instead(Reaction::Reset), Failure::Unknown),
        (Act::Instead(Reaction::Drop), Failure::Unknown),
    ];
    for (act, class) in cases {
        let shown = format!("{act:?}");
        setting.fake.script([act]);
        assert_eq!(
            setting.refusal(&setting.usual()).await.class,
            class,
            "{shown}"
        );
    }
    assert!(setting.fake.taken().is_empty());
}

#[tokio::test]
async fn each_number_of_a_call_has_its_own_verdict() {
    let setting = setting().await;
    let numbers = ["+8613800138000", "+8610086", "+8613900139000"].map(str::to_owned);
    let call = |recipients| SendSms {
        recipients,
        provider_template_id: NOTICE,
        signature: "城东服务站",
        params: &["王先生", "6月12日"],
        session_context: "attempt",
        sent_at: setting.clock.now(),
    };
    let verdicts = setting.gateway.send_sms(&call(&numbers)).await.unwrap();
    let taken = setting.fake.taken();
    assert_eq!(taken.len(), 2);
    let serials: Vec<_> = taken
        .iter()
        .map(|one| Some(one.serial_no.clone()))
        .collect();
    assert_eq!(
        verdicts[0].as_ref().unwrap().provider_message_id,
        serials[0]
    );
    assert_eq!(
        verdicts[2].as_ref().unwrap().provider_message_id,
        serials[1]
    );
    let code = "InvalidParameterValue.IncorrectPhoneNumber";
    assert_eq!(verdicts[1], Err(SendError::new(Failure::Permanent, code)));
    let many = vec!["+8613800138000".to_owned(); MOST + 1];
    for recipients in [&many[..0], &many] {
        let error = setting.gateway.send_sms(&call(recipients)).await;
        let error = error.unwrap_err();
        assert_eq!(error, SendError::new(Failure::Permanent, "batch_size"));
    }
    let abroad = ["+8613800138000", "+12025550123"].map(str::to_owned);
    let error = setting.gateway.send_sms(&call(&abroad)).await.unwrap_err();
    let code = "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber";
    assert_eq!(error, SendError::new(Failure::Permanent, code));
    assert_eq!(setting.fake.taken().len(), 2);
}
