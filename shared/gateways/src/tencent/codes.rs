//! What the vendor's error codes mean (cloud.tencent.com 382/55981, and its SDK's list for
//! `sms/v20210111`). The set is open.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{
    Failure, SendError,
    china_time::{Window, until_end_of, until_hour},
    wire_text,
};

/// Texts that advertise leave from eight in the morning on.
const MORNING: i64 = 8;

/// What a refusal at `now` (UTC) means for the message, whether of the whole call or of one number.
pub(super) fn classify(code: &str, now: DateTime<Utc>) -> SendError {
    SendError {
        class: class(code),
        code: wire_text::code(code).unwrap_or_else(|| "no_code".to_owned()),
        retry_after: window(code, now),
    }
}

fn class(code: &str) -> Failure {
    match code {
        "FailedOperation.SignatureIncorrectOrUnapproved"
        | "FailedOperation.TemplateIncorrectOrUnapproved"
        | "FailedOperation.TemplateUnapprovedOrNotExist"
        | "FailedOperation.InsufficientBalanceInSmsPackage"
        | "InvalidParameterValue.SdkAppIdNotExist" => return Failure::Configuration,
        "FailedOperation.MarketingSendTimeConstraint" => return Failure::Quota,
        // More numbers than a call may have: our own fault, and the next try would be refused too.
        "LimitExceeded.PhoneNumberCountLimit" => return Failure::Permanent,
        _ => {}
    }
    let family = code.split_once('.').map_or(code, |(family, _)| family);
    match family {
        // Our account, or a call that was refused before it came to the service.
        "AuthFailure"
        | "UnauthorizedOperation"
        | "ActionOffline"
        | "InvalidAction"
        | "InvalidRequest"
        | "IpInBlacklist"
        | "IpNotInWhitelist"
        | "MissingParameter"
        | "NoSuchProduct"
        | "NoSuchVersion"
        | "UnknownParameter"
        | "UnsupportedProtocol"
        | "UnsupportedRegion" => Failure::Configuration,
        "LimitExceeded" => Failure::Quota,
        "InternalError" | "RequestLimitExceeded" | "ResourceUnavailable" | "ServiceUnavailable" => {
            Failure::Transient
        }
        // About the number, the text or its variables; also what nobody knows yet: another channel
        // may do, and another try of the same would not.
        _ => Failure::Permanent,
    }
}

/// When the counter begins anew that was full. The vendor's days are those of the calendar; its rates
/// can be set in the console.
fn window(code: &str, now: DateTime<Utc>) -> Option<Duration> {
    match code {
        "LimitExceeded.PhoneNumberThirtySecondLimit" => Some(Duration::from_secs(30)),
        "LimitExceeded.PhoneNumberOneHourLimit" => Some(Duration::from_hours(1)),
        "LimitExceeded.PhoneNumberDailyLimit"
        | "LimitExceeded.PhoneNumberSameContentDailyLimit"
        | "LimitExceeded.AppDailyLimit"
        | "LimitExceeded.AppMainlandChinaDailyLimit" => Some(until_end_of(Window::Day, now)),
        "FailedOperation.MarketingSendTimeConstraint" => Some(until_hour(MORNING, now)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use Failure as F;
    use domain::delivery::says_bad_number;
    use proptest::prelude::*;

    use super::*;

    fn refused(code: &str) -> SendError {
        classify(code, "2026-01-15T15:00:00Z".parse().unwrap())
    }

    #[test]
    fn every_documented_code_has_its_class() {
        let table: [(F, &[&str]); 4] = [
            (
                F::Permanent,
                &[
                    "InvalidParameterValue.IncorrectPhoneNumber",
                    "FailedOperation.PhoneNumberParseFail",
                    "FailedOperation.PhoneNumberInBlacklist",
                    "FailedOperation.ContainSensitiveWord",
                    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
                    "InvalidParameterValue.TemplateParameterFormatError",
                    "InvalidParameterValue.TemplateParameterLengthLimit",
                    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
                    "InvalidParameterValue.ContentLengthLimit",
                    "InvalidParameterValue.UnsupportedTemplateVariable",
                    "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber",
                    "LimitExceeded.PhoneNumberCountLimit",
                ],
            ),
            (
                F::Configuration,
                &[
                    "FailedOperation.SignatureIncorrectOrUnapproved",
                    "FailedOperation.TemplateIncorrectOrUnapproved",
                    "FailedOperation.TemplateUnapprovedOrNotExist",
                    "FailedOperation.InsufficientBalanceInSmsPackage",
                    "UnauthorizedOperation.ServiceSuspendDueToArrears",
                    "UnauthorizedOperation.SdkAppIdIsDisabled",
                    "UnauthorizedOperation.SmsSdkAppIdVerifyFail",
                    "UnauthorizedOperation.RequestIpNotInWhitelist",
                    "InvalidParameterValue.SdkAppIdNotExist",
                    "AuthFailure.SignatureFailure",
                    "AuthFailure.SignatureExpire",
                    "AuthFailure.SecretIdNotFound",
                ],
            ),
            (
                F::Quota,
                &[
                    "LimitExceeded.PhoneNumberThirtySecondLimit",
                    "LimitExceeded.PhoneNumberOneHourLimit",
                    "LimitExceeded.PhoneNumberDailyLimit",
                    "LimitExceeded.PhoneNumberSameContentDailyLimit",
                    "LimitExceeded.DeliveryFrequencyLimit",
                    "LimitExceeded.AppDailyLimit",
                    "LimitExceeded.AppMainlandChinaDailyLimit",
                    "LimitExceeded.SomethingNew",
                    "FailedOperation.MarketingSendTimeConstraint",
                ],
            ),
            (
                F::Transient,
                &[
                    "InternalError",
                    "InternalError.Timeout",
                    "InternalError.SendAndRecvFail",
                    "InternalError.OtherError",
                    "InternalError.UnknownError",
                    "InternalError.RequestTimeException",
                    "RequestLimitExceeded",
                    "RequestLimitExceeded.IPLimitExceeded",
                    "RequestLimitExceeded.UinLimitExceeded",
                ],
            ),
        ];
        for (class, codes) in table {
            for code in codes {
                assert_eq!(refused(code).class, class, "{code}");
                assert_eq!(&refused(code).code, code);
            }
        }
        for bad in [
            "InvalidParameterValue.IncorrectPhoneNumber",
            "FailedOperation.PhoneNumberParseFail",
        ] {
            assert!(says_bad_number(bad));
        }
        assert!(!says_bad_number("FailedOperation.PhoneNumberInBlacklist"));
    }

    #[test]
    fn a_full_counter_says_when_it_begins_anew() {
        // 23:00 in China.
        for (code, seconds) in [
            ("LimitExceeded.PhoneNumberThirtySecondLimit", Some(30)),
            ("LimitExceeded.PhoneNumberOneHourLimit", Some(3600)),
            ("LimitExceeded.PhoneNumberDailyLimit", Some(3600)),
            (
                "FailedOperation.MarketingSendTimeConstraint",
                Some(9 * 3600),
            ),
            ("LimitExceeded.DeliveryFrequencyLimit", None),
            ("InternalError.Timeout", None),
        ] {
            let expected = seconds.map(Duration::from_secs);
            assert_eq!(refused(code).retry_after, expected, "{code}");
        }
    }

    proptest! {
        #[test]
        fn no_code_is_lost_or_carries_a_sentence(code in r"\PC{0,80}|[A-Z][a-z]{2,9}\.[A-Za-z]{1,20}") {
            let error = refused(&code);
            prop_assert!(!error.code.is_empty() && error.code.len() <= 64);
            prop_assert!(error.code.is_ascii());
        }
    }
}
