//! The one table of problem codes: what each means and which status answers it.

use actix_web::http::StatusCode;
use domain::RefusalCode;

/// Why a request was not done. The word is stable: integrators decide by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemCode {
    /// The rules refuse it.
    Refused(RefusalCode),
    /// No access token, or none that this service made.
    Unauthenticated,
    /// The access token is past its time: refresh it.
    TokenExpired,
    /// The caller's role may never do this.
    Forbidden,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The body is not `application/json`.
    UnsupportedMediaType,
    /// The body is not JSON.
    MalformedJson,
    /// The body has a field that the operation does not know.
    UnknownField,
    /// The body is larger than is read.
    PayloadTooLarge,
    /// The body nests too deep, or has an endless number.
    JsonTooComplex,
    /// The request line and headers are larger than is read.
    HeadTooLarge,
    /// The body did not come in time.
    RequestTimeout,
    /// The query string has an unknown parameter or a wrong value.
    InvalidQuery,
    /// The cursor is damaged or belongs to another list.
    InvalidCursor,
    /// A header has a value that cannot be read.
    InvalidHeader,
    /// `If-Match` names another version than the stored one.
    StaleVersion,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
    /// A refresh token was used twice: the session ended.
    RefreshTokenReused,
    /// The refresh token is not good any more.
    InvalidRefreshToken,
    /// Username or password is wrong, or the account is locked.
    InvalidCredentials,
    /// The password is right, and a code of the second factor is needed.
    OneTimeCodeRequired,
    /// The session may only set up a second factor.
    SecondFactorRequired,
    /// The session may only change its password.
    PasswordChangeRequired,
    /// A one-time code is not right, or not good any more.
    InvalidCode,
    /// The code is right, and the number alone does not show who it is.
    SecondFactRequired,
    /// The account is good, and nobody bound it here.
    NotBound,
    /// This installation was not set up for it.
    NotConfigured,
    /// A signed body is not signed with the secret agreed on, or not in time.
    InvalidSignature,
    /// Too many requests from this caller or address.
    TooManyRequests,
    /// A fault of ours.
    Internal,
    /// Not now: try again.
    Unavailable,
}

impl ProblemCode {
    /// Codes that do not come from the rules.
    pub const OWN: &'static [Self] = &[
        Self::Unauthenticated,
        Self::TokenExpired,
        Self::Forbidden,
        Self::MethodNotAllowed,
        Self::UnsupportedMediaType,
        Self::MalformedJson,
        Self::UnknownField,
        Self::PayloadTooLarge,
        Self::JsonTooComplex,
        Self::HeadTooLarge,
        Self::RequestTimeout,
        Self::InvalidQuery,
        Self::InvalidCursor,
        Self::InvalidHeader,
        Self::StaleVersion,
        Self::IdempotencyKeyReused,
        Self::RefreshTokenReused,
        Self::InvalidRefreshToken,
        Self::InvalidCredentials,
        Self::OneTimeCodeRequired,
        Self::SecondFactorRequired,
        Self::PasswordChangeRequired,
        Self::InvalidCode,
        Self::SecondFactRequired,
        Self::NotBound,
        Self::NotConfigured,
        Self::InvalidSignature,
        Self::TooManyRequests,
        Self::Internal,
        Self::Unavailable,
    ];

    /// Every code there is.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::OWN
            .iter()
            .copied()
            .chain(RefusalCode::ALL.iter().copied().map(Self::Refused))
    }

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused(code) => code.as_str(),
            Self::Unauthenticated => "unauthenticated",
            Self::TokenExpired => "token_expired",
            Self::Forbidden => "forbidden",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::MalformedJson => "malformed_json",
            Self::UnknownField => "unknown_field",
            Self::PayloadTooLarge => "payload_too_large",
            Self::JsonTooComplex => "json_too_complex",
            Self::HeadTooLarge => "head_too_large",
            Self::RequestTimeout => "request_timeout",
            Self::InvalidQuery => "invalid_query",
            Self::InvalidCursor => "invalid_cursor",
            Self::InvalidHeader => "invalid_header",
            Self::StaleVersion => "stale_version",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::RefreshTokenReused => "refresh_token_reused",
            Self::InvalidRefreshToken => "invalid_refresh_token",
            Self::InvalidCredentials => "invalid_credentials",
            Self::OneTimeCodeRequired => "one_time_code_required",
            Self::SecondFactorRequired => "second_factor_required",
            Self::PasswordChangeRequired => "password_change_required",
            Self::InvalidCode => "invalid_code",
            Self::SecondFactRequired => "second_fact_required",
            Self::NotBound => "not_bound",
            Self::NotConfigured => "not_configured",
            Self::InvalidSignature => "invalid_signature",
            Self::TooManyRequests => "too_many_requests",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }

    /// The status that answers it.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Refused(code) => refusal_status(code),
            Self::Unauthenticated
            | Self::TokenExpired
            | Self::InvalidCredentials
            | Self::OneTimeCodeRequired
            | Self::InvalidCode
            | Self::SecondFactRequired
            | Self::NotBound
            | Self::InvalidSignature
            | Self::InvalidRefreshToken
            | Self::RefreshTokenReused => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::SecondFactorRequired | Self::PasswordChangeRequired => {
                StatusCode::FORBIDDEN
            }
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::MalformedJson
            | Self::JsonTooComplex
            | Self::InvalidQuery
            | Self::InvalidCursor
            | Self::InvalidHeader => StatusCode::BAD_REQUEST,
            Self::UnknownField => StatusCode::UNPROCESSABLE_ENTITY,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::StaleVersion => StatusCode::PRECONDITION_FAILED,
            Self::IdempotencyKeyReused => StatusCode::CONFLICT,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotConfigured => StatusCode::NOT_IMPLEMENTED,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// A few words for people; the same for every occurrence (RFC 9457 §3.1.4).
    pub const fn title(self) -> &'static str {
        match self {
            Self::Refused(code) => refusal_title(code),
            Self::Unauthenticated => "Sign in first",
            Self::TokenExpired => "The access token has expired",
            Self::Forbidden => "Not allowed for this role",
            Self::MethodNotAllowed => "Method not allowed",
            Self::UnsupportedMediaType => "The body must be application/json",
            Self::MalformedJson => "The body is not JSON",
            Self::UnknownField => "Unknown field",
            Self::PayloadTooLarge => "The body is too large",
            Self::JsonTooComplex => "The body is too deep or has an endless number",
            Self::HeadTooLarge => "Request line and headers are too large",
            Self::RequestTimeout => "The body did not come in time",
            Self::InvalidQuery => "Invalid query parameter",
            Self::InvalidCursor => "Invalid cursor",
            Self::InvalidHeader => "Invalid header",
            Self::StaleVersion => "Changed by somebody else meanwhile",
            Self::IdempotencyKeyReused => "Idempotency key used for another request",
            Self::RefreshTokenReused => "Refresh token used twice",
            Self::InvalidRefreshToken => "The refresh token is not valid",
            Self::InvalidCredentials => "Username or password is wrong",
            Self::OneTimeCodeRequired => "A code of the second factor is needed",
            Self::SecondFactorRequired => "Set up a second factor first",
            Self::PasswordChangeRequired => "Change the password first",
            Self::InvalidCode => "The code is not good",
            Self::SecondFactRequired => "A second fact is needed",
            Self::NotBound => "The account is not bound here",
            Self::NotConfigured => "This installation does not do that",
            Self::InvalidSignature => "The signature does not fit",
            Self::TooManyRequests => "Too many requests",
            Self::Internal => "Internal error",
            Self::Unavailable => "Not available at the moment",
        }
    }
}

/// 404 for what does not exist, 409 for what the object's present state forbids, 422 for input that
/// can never be right.
const fn refusal_status(code: RefusalCode) -> StatusCode {
    use RefusalCode as R;
    match code {
        R::NotFound => StatusCode::NOT_FOUND,
        R::RulePackPublished
        | R::AlreadyReportedIn
        | R::IllegalTransition
        | R::CaseNotActive
        | R::CaseStillOpen
        | R::CaseFrozen
        | R::AppointmentClosed
        | R::AppointmentNotOpenYet
        | R::AppointmentNotMissed
        | R::ExcusePending
        | R::ExcuseDecided
        | R::SignOffBySubmitter
        | R::EscalationBlocked
        | R::ReviewByAuthor
        | R::TaskClosed
        | R::MessageMayArrive
        | R::UsernameTaken
        | R::ClientExists
        | R::ConsentNotInForce
        | R::Conflict => StatusCode::CONFLICT,
        R::InvalidValue
        | R::InvalidIdNumber
        | R::InvalidPhone
        | R::InvalidTerm
        | R::UnknownRulePack
        | R::RulePackInvalid
        | R::MeasureNotInPack
        | R::CalendarInvalid
        | R::DateInFuture
        | R::DateBeforeDecision
        | R::ReportInBeforeReceipt
        | R::OutsideWindow
        | R::TooFewCollectors
        | R::CollectorNotInOffice
        | R::CaseworkerNotInOffice
        | R::UnknownExcuseCode
        | R::NoteRequired
        | R::MakeUpDateRequired
        | R::PasswordRefused
        | R::WordingRefused => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

const fn refusal_title(code: RefusalCode) -> &'static str {
    use RefusalCode as R;
    match code {
        R::InvalidValue => "Invalid value",
        R::InvalidIdNumber => "Invalid identity number",
        R::InvalidPhone => "Invalid telephone number",
        R::InvalidTerm => "Invalid term",
        R::UnknownRulePack => "Unknown rule pack",
        R::RulePackInvalid => "The rule pack has faults",
        R::RulePackPublished => "This version was published before",
        R::MeasureNotInPack => "The rule pack does not cover this measure and term",
        R::CalendarInvalid => "The calendar has faults",
        R::DateInFuture => "The date lies in the future",
        R::DateBeforeDecision => "The date lies before the decision",
        R::ReportInBeforeReceipt => "Report-in before the decision was received",
        R::AlreadyReportedIn => "Already reported in",
        R::IllegalTransition => "Not possible from the present state",
        R::CaseNotActive => "The case is not active",
        R::CaseStillOpen => "The client has an open case",
        R::CaseFrozen => "The file is frozen",
        R::AppointmentClosed => "The appointment is closed",
        R::AppointmentNotOpenYet => "The appointment is not open yet",
        R::AppointmentNotMissed => "The appointment was not missed",
        R::OutsideWindow => "Outside the window of the appointment",
        R::TooFewCollectors => "Too few collectors",
        R::CollectorNotInOffice => "A collector does not belong to the office",
        R::CaseworkerNotInOffice => "The caseworker does not belong to the office",
        R::ExcusePending => "An excuse is waiting already",
        R::ExcuseDecided => "The excuse was decided",
        R::UnknownExcuseCode => "Unknown excuse code",
        R::NoteRequired => "A note is required",
        R::MakeUpDateRequired => "A make-up date is required",
        R::SignOffBySubmitter => "Sign-off must be by another person",
        R::EscalationBlocked => "The escalation has blockers",
        R::TaskClosed => "The task is closed",
        R::MessageMayArrive => "The message has arrived or may still arrive",
        R::WordingRefused => "The wording gives too much away",
        R::ReviewByAuthor => "A review must be by another person",
        R::PasswordRefused => "The password is too easy to guess",
        R::UsernameTaken => "The username is taken",
        R::ClientExists => "The client exists already",
        R::ConsentNotInForce => "No consent is in force",
        R::NotFound => "Not found",
        R::Conflict => "Conflicts with what is stored",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn words_are_unique_and_every_code_is_an_error() {
        let words: BTreeSet<&str> = ProblemCode::all().map(ProblemCode::as_str).collect();
        assert_eq!(words.len(), ProblemCode::all().count());
        for code in ProblemCode::all() {
            assert!(code.status().as_u16() >= 400, "{code:?}");
            assert!(!code.title().is_empty());
        }
    }
}
