//! How a member of staff is told of their work: once each working morning, and at once where it does
//! not wait.
//!
//! WeCom and e-mail are other people's servers: what goes there names no client and says nothing of
//! what the office does ([`crate::wording`]).

use std::fmt;

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};

use crate::{MessageKind, Refusal, RefusalCode, StaffChannel};

/// How long something that was told at once is worth being told: until the next morning's summary
/// says it too.
pub const ALERT_LASTS: TimeDelta = TimeDelta::hours(24);

/// The text by which staff are told that somebody asks for help that cannot wait.
pub const EMERGENCY: &str = "emergency";

/// Longest WeCom user id, in bytes (WeCom, "读取成员").
const USER_BYTES: usize = 64;
/// Longest e-mail address, and longest part before the `@`, in bytes (RFC 5321 §4.5.3.1).
const EMAIL_BYTES: usize = 254;
const LOCAL_BYTES: usize = 64;

/// Where notices to one member of staff go. `Debug` shows no address.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum StaffNotices {
    /// By text message to their mobile number, where there is one.
    #[default]
    Text,
    /// To this user id of the office's WeCom.
    Wecom(String),
    /// To this e-mail address.
    Email(String),
    /// Nowhere: they look into the app.
    Nowhere,
}

impl StaffNotices {
    /// Reads a channel with its address.
    ///
    /// # Errors
    /// `invalid_value` at `/notices/address`: none where the channel needs one, one where it takes
    /// none, or one that is none.
    pub fn parse(channel: StaffChannel, address: Option<&str>) -> Result<Self, Refusal> {
        let invalid = |detail: &str| {
            let pointer = "/notices/address";
            Err(Refusal::at(RefusalCode::InvalidValue, pointer, detail))
        };
        match (channel, address.map(str::trim)) {
            (StaffChannel::Text, None) => Ok(Self::Text),
            (StaffChannel::None, None) => Ok(Self::Nowhere),
            (StaffChannel::Text | StaffChannel::None, Some(_)) => {
                invalid("this channel takes no address")
            }
            (StaffChannel::Wecom, Some(user)) if is_wecom_user(user) => {
                Ok(Self::Wecom(user.to_owned()))
            }
            (StaffChannel::Wecom, _) => invalid(
                "a WeCom user id has up to 64 letters, digits and . _ - @, and begins with a letter \
                 or digit",
            ),
            (StaffChannel::Email, Some(email)) if is_email(email) => {
                Ok(Self::Email(email.to_owned()))
            }
            (StaffChannel::Email, _) => invalid("not an e-mail address"),
        }
    }

    /// The channel.
    pub const fn channel(&self) -> StaffChannel {
        match self {
            Self::Text => StaffChannel::Text,
            Self::Wecom(_) => StaffChannel::Wecom,
            Self::Email(_) => StaffChannel::Email,
            Self::Nowhere => StaffChannel::None,
        }
    }

    /// The address, where the channel has one of its own.
    pub fn address(&self) -> Option<&str> {
        match self {
            Self::Wecom(address) | Self::Email(address) => Some(address),
            Self::Text | Self::Nowhere => None,
        }
    }
}

impl fmt::Debug for StaffNotices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StaffNotices({})", self.channel())
    }
}

/// Whether messages of this kind go to staff.
pub const fn is_notice(kind: MessageKind) -> bool {
    matches!(kind, MessageKind::StaffDigest | MessageKind::StaffAlert)
}

/// Whether a text is one user id of WeCom: never several, and never `@all`.
pub fn is_wecom_user(text: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'@' | b'.');
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.len() <= USER_BYTES
        && text.bytes().all(plain)
}

/// Whether a text is an e-mail address: a dot-atom and a domain name with a dot (RFC 5321 §4.1.2), in
/// ASCII. Quoted names, comments and addresses in brackets are none.
fn is_email(text: &str) -> bool {
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let local_is_one = local.len() <= LOCAL_BYTES
        && local
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(atom));
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= EMAIL_BYTES
        && local_is_one
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// When a notice that can wait some minutes goes out by a channel, instead of at `at`: WeCom asks its
/// apps to stay away from full and half hours ("发送应用消息"), when everybody's go out. `seed` is the
/// same for the same notice, and spreads different ones over ten minutes.
pub fn off_the_mark(channel: StaffChannel, at: DateTime<Utc>, seed: u128) -> DateTime<Utc> {
    /// Seconds over which notices are spread.
    const SPREAD: u128 = 600;
    if channel != StaffChannel::Wecom || !matches!(at.minute(), 0 | 30) {
        return at;
    }
    let seconds = i64::try_from(seed % SPREAD).unwrap_or_default();
    at + TimeDelta::seconds(60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(channel: StaffChannel, address: Option<&str>) -> Option<StaffNotices> {
        StaffNotices::parse(channel, address)
            .map_err(|refusal| assert_eq!(refusal.pointer.as_deref(), Some("/notices/address")))
            .ok()
    }

    #[test]
    fn a_channel_has_the_address_it_needs_and_no_other() {
        use StaffChannel as C;
        for (channel, address) in [
            (C::Text, None),
            (C::None, None),
            (C::Wecom, Some("li.na-2_x@office")),
            (C::Wecom, Some("7")),
            (C::Email, Some("li.na+notices@mail.example.gov.cn")),
        ] {
            let notices = parse(channel, address).unwrap();
            assert_eq!((notices.channel(), notices.address()), (channel, address));
        }
        let long = "a".repeat(65);
        for (channel, address) in [
            (C::Text, Some("lina")),
            (C::None, Some("")),
            (C::Wecom, None),
            (C::Email, None),
            (C::Wecom, Some("@all")),
            (C::Wecom, Some("a|b")),
            (C::Wecom, Some("李娜")),
            (C::Wecom, Some(&long)),
            (C::Email, Some("lina")),
            (C::Email, Some("@example.cn")),
            (C::Email, Some("li na@example.cn")),
            (C::Email, Some("lina@localhost")),
            (C::Email, Some("li..na@example.cn")),
            (C::Email, Some("lina@-example.cn")),
            (C::Email, Some("lina@example..cn")),
            (C::Email, Some("a@b.cn\r\nBcc: x@example.cn")),
            (C::Email, Some("a@b.cn,c@d.cn")),
            (C::Email, Some("a@b@c.cn")),
            (C::Email, Some(&format!("{long}@example.cn"))),
        ] {
            assert_eq!(parse(channel, address), None, "{channel} {address:?}");
        }
    }

    #[test]
    fn no_address_is_shown() {
        let notices = StaffNotices::Email("lina@example.cn".to_owned());
        assert_eq!(format!("{notices:?}"), "StaffNotices(email)");
    }

    #[test]
    fn wecom_is_left_alone_at_full_and_half_hours() {
        let half_past: DateTime<Utc> = "2025-10-09T00:30:00Z".parse().unwrap();
        for seed in [0, 1, 599, 600, u128::MAX] {
            let at = off_the_mark(StaffChannel::Wecom, half_past, seed);
            let minutes = (at - half_past).num_minutes();
            assert!((1..=10).contains(&minutes), "{seed}: {minutes}");
            assert_eq!(
                off_the_mark(StaffChannel::Email, half_past, seed),
                half_past
            );
            let later = half_past + TimeDelta::minutes(7);
            assert_eq!(off_the_mark(StaffChannel::Wecom, later, seed), later);
        }
    }
}
