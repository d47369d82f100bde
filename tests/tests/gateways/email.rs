//! E-mail to staff against an SMTP server.

use std::time::Duration;

use domain::delivery::Failure;
use gateways::{
    MessageGateway as _, Outgoing, SendError,
    email::{EmailGateway, EmailSettings, SmtpSecurity},
};
use tests::fakes::smtp::{FakeSmtp, PASSWORD, SmtpReply, USER};

use crate::{capture, outgoing};

const ADDRESS: &str = "lihong@example.gov.cn";

fn gateway(port: u16, password: &str) -> EmailGateway {
    EmailGateway::new(EmailSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security: SmtpSecurity::Plain,
        credentials: Some((USER.to_owned(), password.into())),
        from: "城东服务站 <notice@example.gov.cn>".to_owned(),
        subject: "工作提醒".to_owned(),
        timeout: Duration::from_secs(2),
    })
    .unwrap()
}

fn message() -> Outgoing {
    Outgoing {
        recipient: ADDRESS.to_owned(),
        ..outgoing("2026-06-05T00:30:00Z".parse().unwrap())
    }
}

#[tokio::test]
async fn an_email_arrives_and_a_repetition_has_the_same_id() {
    let fake = FakeSmtp::start().await;
    let gateway = gateway(fake.port(), PASSWORD);
    fake.script([SmtpReply::TakeThenDrop]);
    let error = gateway.send(&message()).await.unwrap_err();
    assert_eq!(error.class, Failure::Unknown);
    let accepted = gateway.send(&message()).await.unwrap();
    assert!(!accepted.delivered);
    let taken = fake.taken();
    assert_eq!(taken.len(), 2);
    let id = format!("Message-ID: <{}@example.gov.cn>", message().message_id);
    for email in taken {
        assert!(email.to.starts_with(ADDRESS), "{}", email.to);
        assert!(email.text.contains(&id), "{}", email.text);
    }
}

#[tokio::test]
async fn every_refusal_has_its_class() {
    let fake = FakeSmtp::start().await;
    let refusals = [
        (SmtpReply::Recipient(450), Failure::Transient, "smtp_450"),
        (SmtpReply::Recipient(550), Failure::Permanent, "smtp_550"),
        (SmtpReply::Data(452), Failure::Transient, "smtp_452"),
        (SmtpReply::Data(554), Failure::Permanent, "smtp_554"),
        (SmtpReply::Drop, Failure::Unknown, "connection_lost"),
    ];
    for (reply, class, code) in refusals {
        fake.script([reply]);
        let error = gateway(fake.port(), PASSWORD)
            .send(&message())
            .await
            .unwrap_err();
        assert_eq!(error, SendError::new(class, code), "{reply:?}");
    }
    let error = gateway(fake.port(), "wrong")
        .send(&message())
        .await
        .unwrap_err();
    assert_eq!(error.class, Failure::Configuration, "{error:?}");
    assert!(fake.taken().is_empty());
}

#[tokio::test]
async fn no_address_password_or_text_is_in_a_log_or_an_error() {
    capture::start();
    let fake = FakeSmtp::start().await;
    let gateway = gateway(fake.port(), PASSWORD);
    fake.script([SmtpReply::Recipient(550)]);
    let refused = gateway.send(&message()).await.unwrap_err();
    gateway.send(&message()).await.unwrap();
    let shown = format!("{gateway:?} {refused:?} {refused}");
    for secret in [ADDRESS, PASSWORD, "AG5vdGlj", "王先生"] {
        assert!(!capture::text().contains(secret), "the log has {secret}");
        assert!(!shown.contains(secret), "{shown}");
    }
}
