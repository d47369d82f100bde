//! The rungs of ladders, and what their channels have in common.

use crate::Channel;

/// The rungs of a message to a client, in their order.
pub const TO_CLIENT: &[&[Channel]] = &[&[Channel::Wechat], TEXT];
/// The only rung of a text to staff who want text messages, and of a one-time code.
pub const BY_TEXT: &[&[Channel]] = &[TEXT];
/// The only rung of a notice to staff who want it by WeCom. A sandbox keeps what it would send.
pub const BY_WECOM: &[&[Channel]] = &[&[Channel::Wecom, Channel::Recording]];
/// The only rung of a notice to staff who want it by e-mail. A sandbox keeps what it would send.
pub const BY_EMAIL: &[&[Channel]] = &[&[Channel::Email, Channel::Recording]];

const TEXT: &[Channel] = &[Channel::Sms, Channel::Webhook, Channel::Recording];

/// Whether a channel is one of text messages to a telephone number.
pub fn is_text(channel: Channel) -> bool {
    TEXT.contains(&channel)
}

/// Whether a channel leads to staff only.
pub const fn is_for_staff(channel: Channel) -> bool {
    matches!(channel, Channel::Wecom | Channel::Email)
}

/// Whether receipts say what became of what went by a channel. Without them a message is over once it
/// was taken: neither delivered nor failed.
pub const fn brings_receipts(channel: Channel) -> bool {
    !is_for_staff(channel)
}

/// Whether accounts of two channels can stand in for each other.
pub fn same_rung(one: Channel, other: Channel) -> bool {
    one == other || (is_text(one) && is_text(other))
}
