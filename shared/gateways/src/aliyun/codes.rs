//! What the vendor's error codes mean (help.aliyun.com 101346). The set is open.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{
    Failure, SendError,
    china_time::{Window, until_end_of},
    wire_text,
};

/// A refusal as it came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused<'a> {
    pub status: u16,
    pub code: &'a str,
    pub message: &'a str,
    pub now: DateTime<Utc>,
}

/// How long the counter runs that began with a number's first message of the day.
const DAY: Duration = Duration::from_hours(24);

/// What a refusal means for the message. The vendor's sentence is not kept: it may repeat the text.
pub(super) fn classify(refused: Refused<'_>) -> SendError {
    let code = wire_text::code(refused.code).unwrap_or_else(|| "no_code".to_owned());
    SendError {
        class: class(refused),
        code,
        retry_after: window(refused),
    }
}

fn class(Refused { status, code, .. }: Refused<'_>) -> Failure {
    match code {
        "isv.SMS_TEMPLATE_ILLEGAL"
        | "isv.SMS_SIGNATURE_ILLEGAL"
        | "isv.SMS_SIGN_ILLEGAL"
        | "isv.SIGN_STATE_ILLEGAL"
        | "isv.SMS_SIGNATURE_SCENE_ILLEGAL"
        | "isv.EXTEND_CODE_ERROR"
        | "isv.OUT_OF_SERVICE"
        | "isv.AMOUNT_NOT_ENOUGH"
        | "isv.PRODUCT_UN_SUBSCRIPT"
        | "isv.PRODUCT_UNSUBSCRIBE"
        | "isv.ACCOUNT_NOT_EXISTS"
        | "isv.ACCOUNT_ABNORMAL"
        | "isv.DENY_IP_RANGE"
        | "isp.RAM_PERMISSION_DENY"
        | "SignatureDoesNotMatch"
        | "InvalidTimeStamp" => Failure::Configuration,
        "isv.BUSINESS_LIMIT_CONTROL" | "isv.DAY_LIMIT_CONTROL" | "isv.MONTH_LIMIT_CONTROL" => {
            Failure::Quota
        }
        // We sign every call with a nonce of its own: the vendor got this very call before, by
        // whatever stands between us, and may have taken it then.
        "SignatureNonceUsed" => Failure::Unknown,
        "isv.SYSTEM_ERROR" | "Throttling" | "ServiceUnavailable" | "InternalError" => {
            Failure::Transient
        }
        _ if code.starts_with("Throttling.") || code.starts_with("isp.") => Failure::Transient,
        _ if code.starts_with("InvalidTimeStamp.") => Failure::Configuration,
        // About the number, the text or its variables; also what nobody knows yet: another channel
        // may do, and another try of the same would not.
        _ if code.starts_with("isv.") => Failure::Permanent,
        _ => match status {
            // The call never came as far as the service.
            400..=499 => Failure::Configuration,
            // Something before the service waited for it in vain.
            504 => Failure::Unknown,
            500..=599 => Failure::Transient,
            _ => Failure::Permanent,
        },
    }
}

/// When the counter begins anew that was full. Minutes and hours are those of the clock, a day is 24
/// hours from the number's first message (help.aliyun.com 44335). Which one it was stands only in the
/// sentence, like 触发天级流控Permits:10; where that does not tell, it is the longest.
fn window(
    Refused {
        code, message, now, ..
    }: Refused<'_>,
) -> Option<Duration> {
    match code {
        "isv.BUSINESS_LIMIT_CONTROL" if message.contains("分钟") => {
            Some(until_end_of(Window::Minute, now))
        }
        "isv.BUSINESS_LIMIT_CONTROL" if message.contains("小时") => {
            Some(until_end_of(Window::Hour, now))
        }
        "isv.BUSINESS_LIMIT_CONTROL" => Some(DAY),
        "isv.DAY_LIMIT_CONTROL" => Some(until_end_of(Window::Day, now)),
        "isv.MONTH_LIMIT_CONTROL" => Some(until_end_of(Window::Month, now)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use Failure as F;
    use domain::delivery::says_bad_number;
    use proptest::prelude::*;

    use super::*;

    fn refused(status: u16, code: &str, message: &str) -> SendError {
        classify(Refused {
            status,
            code,
            message,
            now: "2026-01-15T08:59:30Z".parse().unwrap(),
        })
    }

    #[test]
    fn every_documented_code_has_its_class() {
        let table: [(F, &[&str]); 4] = [
            (
                F::Permanent,
                &[
                    "isv.MOBILE_NUMBER_ILLEGAL",
                    "isv.MOBILE_COUNT_OVER_LIMIT",
                    "isv.BLACK_KEY_CONTROL_LIMIT",
                    "isv.PARAM_LENGTH_LIMIT",
                    "isv.PARAM_NOT_SUPPORT_URL",
                    "isv.INVALID_PARAMETERS",
                    "isv.INVALID_JSON_PARAM",
                    "isv.TEMPLATE_MISSING_PARAMETERS",
                    "isv.TEMPLATE_PARAMS_ILLEGAL",
                    "isv.SMS_CONTENT_ILLEGAL",
                    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED",
                ],
            ),
            (
                F::Configuration,
                &[
                    "isv.SMS_TEMPLATE_ILLEGAL",
                    "isv.SMS_SIGNATURE_ILLEGAL",
                    "isv.SMS_SIGN_ILLEGAL",
                    "isv.SIGN_STATE_ILLEGAL",
                    "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
                    "isv.EXTEND_CODE_ERROR",
                    "isv.OUT_OF_SERVICE",
                    "isv.AMOUNT_NOT_ENOUGH",
                    "isv.PRODUCT_UN_SUBSCRIPT",
                    "isv.PRODUCT_UNSUBSCRIBE",
                    "isv.ACCOUNT_NOT_EXISTS",
                    "isv.ACCOUNT_ABNORMAL",
                    "isv.DENY_IP_RANGE",
                    "isp.RAM_PERMISSION_DENY",
                    "SignatureDoesNotMatch",
                    "InvalidTimeStamp.Expired",
                    "InvalidTimeStamp.Format",
                ],
            ),
            (
                F::Quota,
                &[
                    "isv.BUSINESS_LIMIT_CONTROL",
                    "isv.DAY_LIMIT_CONTROL",
                    "isv.MONTH_LIMIT_CONTROL",
                ],
            ),
            (
                F::Transient,
                &[
                    "isp.SYSTEM_ERROR",
                    "isv.SYSTEM_ERROR",
                    "Throttling",
                    "Throttling.User",
                    "Throttling.Api",
                ],
            ),
        ];
        for (class, codes) in table {
            for code in codes {
                assert_eq!(refused(200, code, "").class, class, "{code}");
            }
        }
        assert!(says_bad_number(
            &refused(200, "isv.MOBILE_NUMBER_ILLEGAL", "").code
        ));
        assert_eq!(refused(400, "SignatureNonceUsed", "").class, F::Unknown);
        assert_eq!(refused(504, "NeverHeardOf", "").class, F::Unknown);
        assert_eq!(refused(500, "NeverHeardOf", "").class, F::Transient);
        assert_eq!(
            refused(404, "InvalidAccessKeyId.NotFound", "").class,
            F::Configuration
        );
    }

    #[test]
    fn a_full_counter_says_when_it_begins_anew() {
        let wait = |code: &str, message: &str| refused(200, code, message).retry_after;
        let limit = "isv.BUSINESS_LIMIT_CONTROL";
        let seconds = |count| Some(Duration::from_secs(count));
        assert_eq!(wait(limit, "触发分钟级流控Permits:1"), seconds(30));
        assert_eq!(wait(limit, "触发小时级流控Permits:5"), seconds(30));
        assert_eq!(wait(limit, "触发天级流控Permits:10"), Some(DAY));
        assert_eq!(wait(limit, "too many"), Some(DAY));
        // 16:59:30 in China.
        let rest = seconds(7 * 3600 + 30);
        assert_eq!(wait("isv.DAY_LIMIT_CONTROL", ""), rest);
        assert!(wait("isv.MONTH_LIMIT_CONTROL", "") > rest);
        assert_eq!(wait("isp.SYSTEM_ERROR", ""), None);
    }

    proptest! {
        #[test]
        fn no_code_is_lost_or_carries_a_sentence(status in 100u16..600, code in r"\PC{0,80}", message in r"\PC{0,20}") {
            let error = refused(status, &code, &message);
            prop_assert!(!error.code.is_empty() && error.code.len() <= 64);
            prop_assert!(error.code.is_ascii());
        }
    }
}
