//! Whether a message still makes sense, decided at the moment of sending.

use super::bound::Bound;
use casework::needed::still_needed;
use chrono::{DateTime, Utc};
use domain::{
    Channel, HopCause, MessageKind, NoProof, PhoneState,
    contact::Phone,
    ladder::quiet_until,
    local_time::Tz,
    miss,
    provider_choice::{BY_EMAIL, BY_TEXT, BY_WECOM, TO_CLIENT, Wechat},
    rule_pack::RulePack,
    staff_notice::{EMERGENCY, StaffNotices, is_notice},
};
use storage::{appointments, cases, clients::Client, messages::Message, staff::Staff};

/// What is known about one message.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    pub message: &'a Message,
    pub appointment: Option<&'a appointments::Standing>,
    pub case: Option<&'a cases::Standing>,
    pub pack: Option<&'a RulePack>,
    pub client: Option<&'a Client>,
    /// The recipient of a message to staff.
    pub staff: Option<&'a Staff>,
    pub tz: Tz,
    /// What the client bound at WeChat, if anything.
    pub bound: Option<&'a Bound>,
    /// Whether the client's number belongs to another client too.
    pub shared: bool,
    /// Whether a number nobody has verified gets only the neutral text.
    pub neutral_to_unverified: bool,
    pub now: DateTime<Utc>,
}

/// What becomes of a message that is due.
pub(super) enum Verdict {
    /// It is sent, by one of these ways.
    Send(Way),
    /// Its time is over.
    Expire(&'static str),
    /// It is not needed any more.
    Cancel(&'static str),
    /// It waits for the end of the quiet hours.
    Postpone {
        until: DateTime<Utc>,
        reason: String,
    },
    /// There is no way to send it; a person phones.
    Nowhere(HopCause),
}

/// How the recipient can be reached.
pub(super) struct Way {
    /// The channels that lead there, rung by rung.
    pub rungs: &'static [&'static [Channel]],
    /// A number that may be texted, in E.164; the address of staff who want another channel.
    pub address: Option<String>,
    /// What speaks against the number being the client's alone.
    pub doubt: Option<NoProof>,
    /// Whether others may read what is sent to the number: it gets the text that says nothing.
    pub neutral: bool,
    /// Whether WeChat leads to the client.
    pub wechat: Wechat,
}

/// Judges one due message. The order matters: what is over or not needed makes no work for anybody.
pub(super) fn judge(facts: &Facts<'_>) -> Verdict {
    let Facts { message, now, .. } = *facts;
    if now >= message.not_after {
        return Verdict::Expire("passed");
    }
    if is_notice(message.kind) {
        return to_staff(message, facts.staff);
    }
    let (Some(case), Some(client)) = (facts.case, facts.client) else {
        return Verdict::Cancel("case_missing");
    };
    if let Err(reason) = still_needed(message.kind, facts.appointment, case, now) {
        return Verdict::Cancel(reason);
    }
    let phone = usable_phone(client);
    let wechat = match facts.bound {
        None => Wechat::NotBound,
        Some(bound) if bound.consented => Wechat::Open,
        Some(_) => Wechat::NoConsent,
    };
    if phone.is_none() && wechat != Wechat::Open {
        // What brought it here says more, if something did.
        let hopped = message.hop_cause.filter(|_| message.attempt_count > 0);
        return Verdict::Nowhere(hopped.unwrap_or(HopCause::NoUsableNumber));
    }
    if let Some(verdict) = facts
        .pack
        .and_then(|pack| quiet(message, pack, facts.tz, now))
    {
        return verdict;
    }
    // A shared, or an unverified, number gets only a text that says nothing (rule of practice: who
    // reads it may not be the client).
    let verified = client.phone_state == PhoneState::Verified;
    let doubt = miss::number_doubt(facts.shared, verified);
    let neutral = match doubt {
        Some(NoProof::NumberUnverified) => facts.neutral_to_unverified,
        other => other.is_some(),
    };
    Verdict::Send(Way {
        rungs: TO_CLIENT,
        address: phone,
        doubt,
        neutral,
        wechat,
    })
}

/// What becomes of a message to staff. Of help that cannot wait a head of the office tells whom nothing
/// reaches, for whatever reason; of what waits in the app nobody has to.
fn to_staff(message: &Message, staff: Option<&Staff>) -> Verdict {
    let unreachable = |reason| match message.kind {
        MessageKind::StaffAlert if message.step == EMERGENCY => {
            Verdict::Nowhere(HopCause::NoUsableNumber)
        }
        _ => Verdict::Cancel(reason),
    };
    let Some(person) = staff.filter(|person| person.active) else {
        return unreachable("account_not_active");
    };
    let (rungs, address) = match &person.notices {
        StaffNotices::Text => (BY_TEXT, texted(person)),
        StaffNotices::Wecom(user) => (BY_WECOM, Some(user.clone())),
        StaffNotices::Email(email) => (BY_EMAIL, Some(email.clone())),
        StaffNotices::Nowhere => return unreachable("wants_no_notices"),
    };
    match address {
        Some(address) => Verdict::Send(Way {
            rungs,
            address: Some(address),
            doubt: None,
            neutral: false,
            wechat: Wechat::NotBound,
        }),
        None => unreachable("no_usable_number"),
    }
}

/// The client's number in E.164, if it may be texted and is not known to be wrong.
fn usable_phone(client: &Client) -> Option<String> {
    if !client.phone_sms_ok || client.phone_state == PhoneState::Invalid {
        return None;
    }
    client.phone.as_deref().and_then(e164)
}

/// The number of a member of staff who is told by text message, in E.164.
pub(in crate::jobs) fn texted(person: &Staff) -> Option<String> {
    let phone = person.phone.as_deref();
    phone
        .filter(|_| person.notices == StaffNotices::Text)
        .and_then(e164)
}

/// A mainland mobile number as gateways take it.
pub(in crate::jobs) fn e164(phone: &str) -> Option<String> {
    Phone::parse(phone)
        .ok()
        .map(|phone| format!("+86{}", phone.as_str()))
}

/// What quiet hours do to a message at `now`: it waits for their end, or is over by then.
fn quiet(message: &Message, pack: &RulePack, tz: Tz, now: DateTime<Utc>) -> Option<Verdict> {
    let until = quiet_until(now, pack.quiet_hours, tz)?;
    if until >= message.not_after {
        return Some(Verdict::Expire("quiet_hours_until_passed"));
    }
    let (from, to) = (pack.quiet_hours.from, pack.quiet_hours.until);
    let reason = format!(
        "quiet hours {}–{}: sent after them",
        from.format("%H:%M"),
        to.format("%H:%M")
    );
    Some(Verdict::Postpone { until, reason })
}
