//! By which account a message goes, or what becomes of it where none can carry it.

use casework::notify::is_followed_up;
use chrono::{DateTime, Utc};
use domain::{
    HopCause, MessageStatus,
    delivery::CANNOT_BE_READ,
    provider_choice::{self, Choice, Says, WaitsFor, Wanted, Wechat},
};
use storage::messages::{Message, Settled};

use super::{
    eligible::{Facts, Way},
    load::Surroundings,
    text::Text,
    tried::tried,
};
use crate::{
    Provider,
    job::Turn,
    jobs::{
        groups::{call, held_up, to, until},
        receipts::goes_again,
    },
    providers::Draw,
};

/// Why a message waits, as [`Message::status_reason`].
const RESTING: &str = "providers_rest";
const PACED: &str = "providers_at_their_pace";
const PAUSED: &str = "providers_paused";
/// Failed deliveries before a person phones, where no pack says it.
const FAILURES_BEFORE_CALL: u32 = 3;

/// The account that gets a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    /// Its place among the providers.
    pub account: usize,
    /// Why it is not the one before, or not a higher rung.
    pub hop: Option<HopCause>,
    /// Whether only a person is left after it.
    pub is_last: bool,
}

/// Chooses the account. The other answer is what becomes of the message instead.
pub(super) fn choose(
    turn: &Turn,
    about: &Surroundings,
    facts: &Facts<'_>,
    way: &Way,
    text: &Text<'_>,
) -> Result<Chosen, Settled> {
    let message = facts.message;
    let made = about.tries.get(&message.id).map_or(&[][..], Vec::as_slice);
    let parts = &turn.context.parts;
    let tried = tried(message, made, &parts.providers);
    let wanted = Wanted {
        rungs: way.rungs,
        reach: reach(turn, facts, way, text),
        tried: &tried,
        failures_before_call: facts.pack.map_or(FAILURES_BEFORE_CALL, |pack| {
            pack.delivery_failures_before_call
        }),
        not_after: message.not_after,
        now: facts.now,
    };
    let draw = Draw {
        office: message.office_id,
        urgent: false,
        paused: &about.paused,
        person: message.staff_id,
        recent: message.client_id.and_then(|id| about.recent.to(id)),
        tries: made,
        unit: parts.randomness.unit(),
    };
    let says = |provider: &Provider| match can_carry(provider, facts, text) {
        Carries::Yes(says) => says,
        Carries::NoCredit | Carries::No => Says::Nothing,
    };
    match parts.providers.choose(draw, &wanted, says) {
        Choice::Send {
            account,
            hop,
            is_last,
        } => Ok(Chosen {
            account,
            hop,
            is_last,
        }),
        Choice::Wait {
            until: at,
            waits_for,
            ..
        } => Err(waits(message, waits_for, at)),
        Choice::Call(cause) => Err(nobody_left(message, cause)),
    }
}

/// A message that goes out again keeps why: how its last try ended stands nowhere else.
pub(super) fn waits(message: &Message, waits_for: WaitsFor, at: DateTime<Utc>) -> Settled {
    let why = |usual| goes_again(message).or(Some(usual));
    match waits_for {
        WaitsFor::Pace => until(MessageStatus::Scheduled, at, why(PACED)),
        WaitsFor::Pause => until(MessageStatus::Scheduled, at, why(PAUSED)),
        WaitsFor::Rest => held_up(MessageStatus::Scheduled, at, why(RESTING)),
    }
}

/// Nothing but a person is left; the state says what came of the last account.
pub(super) fn nobody_left(message: &Message, cause: HopCause) -> Settled {
    let status = match cause {
        HopCause::PermanentFailure => MessageStatus::UndeliveredPermanent,
        HopCause::TemporaryFailure => MessageStatus::UndeliveredTemporary,
        HopCause::NoReceipt => MessageStatus::NoReceipt,
        HopCause::TriesSpent | HopCause::Configuration | HopCause::ProviderFailed => {
            MessageStatus::TechnicalFailure
        }
        HopCause::NoUsableNumber
        | HopCause::NoConsent
        | HopCause::NoCredit
        | HopCause::NoticeUnproven => MessageStatus::Cancelled,
    };
    let reason = Some(cause.as_str());
    if is_followed_up(message.kind) {
        call(status, reason, cause)
    } else {
        to(status, reason)
    }
}

/// Whether a message would have gone, but for its providers or for what could not be read.
pub(super) fn was_held_up(message: &Message) -> bool {
    let reason = message.status_reason.as_deref();
    [RESTING, PACED, PAUSED, CANNOT_BE_READ]
        .map(Some)
        .contains(&reason)
}

/// Whether an account can carry a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carries {
    /// And says that much of it.
    Yes(Says),
    /// It could, had the client accepted one more.
    NoCredit,
    No,
}

fn can_carry(provider: &Provider, facts: &Facts<'_>, text: &Text<'_>) -> Carries {
    let addressee = match (&provider.app_id, facts.bound) {
        (None, _) => None,
        (Some(_), None) => return Carries::No,
        (Some(app_id), Some(bound)) => match bound.addressee(app_id) {
            Some(addressee) => Some((bound, addressee)),
            None => return Carries::No,
        },
    };
    let says = text.says(provider);
    if says == Says::Nothing {
        return Carries::No;
    }
    if !provider.needs_credit {
        return Carries::Yes(says);
    }
    let template = text
        .render(provider)
        .ok()
        .and_then(|out| out.provider_template);
    match (addressee, template) {
        (Some((bound, one)), Some(template)) if bound.has_credit(one.id, &template.template_id) => {
            Carries::Yes(says)
        }
        (Some(_), Some(_)) => Carries::NoCredit,
        _ => Carries::No,
    }
}

/// How the client can be reached: not by WeChat where all that is missing is that they accepted
/// another message.
fn reach(turn: &Turn, facts: &Facts<'_>, way: &Way, text: &Text<'_>) -> provider_choice::Reach {
    let mut wechat = way.wechat;
    if wechat == Wechat::Open && turn.context.parts.providers.need_credits() {
        let accounts = turn.context.parts.providers.accounts().iter();
        let carry: Vec<Carries> = accounts
            .filter(|account| account.app_id.is_some())
            .map(|account| can_carry(account, facts, text))
            .collect();
        let carried = |it: &Carries| matches!(it, Carries::Yes(_));
        if carry.contains(&Carries::NoCredit) && !carry.iter().any(carried) {
            wechat = Wechat::NoCredit;
        }
    }
    provider_choice::Reach {
        wechat,
        phone: way.address.is_some(),
    }
}
