//! What vendors of SMS post: receipts and replies, without a signature.

use gateways::{
    aliyun,
    push::{self, NotAPush, Pushed, Reply, Report},
    tencent,
};
use serde_json::Value;

/// Only what both the vendor and the carrier call a delivery is one, each receipt is read or counted
/// as unreadable, and nothing in it is a person's but the number.
pub fn sms_receipts(bytes: &[u8]) {
    let says_yes = |one: &Value| one["success"] == true && known(&one["err_code"]);
    receipts(aliyun::receipt::parse(bytes), bytes, says_yes);
    let says_yes = |one: &Value| one["report_status"] == "SUCCESS" && known(&one["errmsg"]);
    receipts(tencent::receipt::parse(bytes), bytes, says_yes);
    kept(bytes, aliyun::receipt::parse, Report::identity);
    kept(bytes, tencent::receipt::parse, Report::identity);
}

/// What is kept of a post, element by element, is read again as it was at first.
fn kept<T: PartialEq + std::fmt::Debug>(
    bytes: &[u8],
    parse: impl Fn(&[u8]) -> Result<Pushed<T>, NotAPush> + Copy,
    identity: impl Fn(&T) -> String,
) {
    let Ok(pushed) = parse(bytes) else {
        assert!(push::split(bytes, parse, identity).is_err());
        return;
    };
    let split = push::split(bytes, parse, identity).unwrap();
    let again = split.items.iter();
    let again: Vec<T> = again
        .map(|it| push::one(parse, &it.body).unwrap())
        .collect();
    assert_eq!(again, pushed.items);
    assert_eq!(split.unreadable.len(), pushed.unreadable);
}

/// The code, once what cannot be in one is left out.
fn known(code: &Value) -> bool {
    let code = code.as_str().unwrap_or_default();
    let plain = |letter: &char| letter.is_ascii_alphanumeric() || "_-.:".contains(*letter);
    let code: String = code.chars().filter(plain).collect();
    ["DELIVRD", "DELIVERED"].contains(&code.as_str())
}

fn receipts(
    read: Result<Pushed<Report>, NotAPush>,
    bytes: &[u8],
    says_yes: impl Fn(&Value) -> bool,
) {
    let Ok(pushed) = read else {
        return;
    };
    let elements: Vec<Value> = serde_json::from_slice(bytes).unwrap();
    assert_eq!(pushed.items.len() + pushed.unreadable, elements.len());
    let delivered = domain::delivery::ReceiptOutcome::Delivered;
    let deliveries = pushed
        .items
        .iter()
        .filter(|it| it.outcome == Some(delivered));
    let may_be = elements.iter().filter(|one| says_yes(one)).count();
    assert!(deliveries.count() <= may_be);
    for report in pushed.items {
        assert!(report.attempt_id.is_some() || report.provider_message_id.is_some());
        if let Some(code) = &report.code {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
            assert!(
                !code.is_empty() && code.len() <= 64 && code.bytes().all(plain),
                "{code}"
            );
        }
        if let Some(reference) = &report.provider_message_id {
            assert!(!reference.is_empty() && reference.chars().count() <= 128);
            assert!(!reference.chars().any(char::is_control));
        }
        is_number(report.recipient.as_deref());
    }
}

/// A reply has the text that was posted, and a number or none.
pub fn sms_replies(bytes: &[u8]) {
    if let Ok(pushed) = aliyun::reply::parse(bytes) {
        let elements: Vec<Value> = serde_json::from_slice(bytes).unwrap();
        assert_eq!(pushed.items.len() + pushed.unreadable, elements.len());
        for reply in pushed.items {
            assert!(elements.iter().any(|one| one["content"] == reply.text));
            is_number(reply.sender.as_deref());
        }
    }
    kept(bytes, aliyun::reply::parse, Reply::identity);
    if let Ok(reply) = tencent::reply::parse(bytes) {
        // What a field holds that nobody reads need not be text.
        if let Ok(posted) = serde_json::from_slice::<Value>(bytes) {
            assert_eq!(posted["text"], reply.text);
        }
        is_number(reply.sender.as_deref());
    }
}

fn is_number(number: Option<&str>) {
    if let Some(number) = number {
        let digits = number.strip_prefix("+86").unwrap();
        assert!(digits.len() == 11 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    }
}
