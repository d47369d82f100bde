//! What a failure of SMTP means for an e-mail.

use std::{error::Error as _, io};

use lettre::transport::smtp::Error;

use crate::{Failure, SendError};

/// The reply code decides (RFC 5321 §4.2.1, RFC 4954 §6); without one, whether a connection stood. A
/// reply's text is not kept: servers repeat the address in it.
pub(super) fn smtp(error: &Error) -> SendError {
    if let Some(code) = error.status() {
        let code: u16 = code.into();
        return SendError::new(class_of(code), format!("smtp_{code}"));
    }
    if error.is_timeout() {
        return SendError::new(Failure::Unknown, "timeout");
    }
    if error.is_tls() {
        return SendError::new(Failure::Configuration, "tls");
    }
    if error.is_client() {
        return SendError::new(Failure::Configuration, "client");
    }
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>());
    match cause.map(io::Error::kind) {
        Some(
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable,
        ) => SendError::new(Failure::Transient, "connect"),
        _ => SendError::new(Failure::Unknown, "connection_lost"),
    }
}

const fn class_of(code: u16) -> Failure {
    match code {
        // Authentication, encryption, commands the server does not know.
        454 | 500..=504 | 523 | 530 | 534 | 535 | 538 => Failure::Configuration,
        400..=499 => Failure::Transient,
        // Mailbox, size, policy.
        500..=599 => Failure::Permanent,
        // A reply that is none of RFC 5321's.
        _ => Failure::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reply_has_its_class() {
        for (code, class) in [
            (421, Failure::Transient),
            (450, Failure::Transient),
            (452, Failure::Transient),
            (535, Failure::Configuration),
            (530, Failure::Configuration),
            (550, Failure::Permanent),
            (552, Failure::Permanent),
            (554, Failure::Permanent),
            (299, Failure::Unknown),
        ] {
            assert_eq!(class_of(code), class, "{code}");
        }
    }
}
