//! Which provider's account carries a message next, or that a person phones.
//!
//! The ladder: WeChat where the client can be reached by it, then text messages by one account after
//! another, then a person. Within a rung the weights decide, by lot; an account that failed for now
//! gives way to the others; one that failed for good, or brought no receipt in time, is not asked
//! again for the same message. What can state a reminder's date goes before all that cannot: a text
//! without the date shows nothing, and a person has to tell the client after all. An account that takes
//! what the client accepted (WeChat's subscribe messages) gives way to one that does not. Bad numbers and
//! missing receipts are not the account's fault and never rest it: that is what [`Breaker`] is
//! about. What rests or is at its pace is waited for only where no other account is left and the message
//! still makes sense then.

mod breaker;
mod draw;
mod pace;
mod rungs;

use chrono::{DateTime, TimeDelta, Utc};

use self::draw::draw;
pub use self::{
    breaker::{Breaker, Sign, Turn},
    pace::Pace,
    rungs::{
        BY_EMAIL, BY_TEXT, BY_WECOM, TO_CLIENT, brings_receipts, is_for_staff, is_text, same_rung,
    },
};
use crate::{Channel, HopCause, delivery::Failure};

/// How long an account at its pace is waited for, rather than to go one rung down.
const PATIENCE: TimeDelta = TimeDelta::minutes(1);

/// An account as it stands for one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account<'a> {
    /// Its name in the settings.
    pub name: &'a str,
    /// How it sends.
    pub channel: Channel,
    /// Its share among the accounts of its rung; 0: only where no other is ready, or those that are
    /// failed before.
    pub weight: u32,
    /// Whether it knows a repetition by the message's id, so that sending again is no duplicate.
    pub knows_repetition: bool,
    /// What it can say of this message.
    pub says: Says,
    /// Whether a message takes one that the client accepted.
    pub needs_credit: bool,
    /// Whether it may be given a message now.
    pub standing: Standing,
}

/// What an account can say of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Nothing: it has no text for it that the vendor takes.
    Nothing,
    /// Something, but not the date that the message is about.
    NoDate,
    /// All there is to say.
    All,
}

/// Whether an account may be given a message now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Ready,
    /// Its breaker is open until then (UTC).
    Resting(DateTime<Utc>),
    /// It was given what it takes for now; the next place is free then (UTC).
    Paced(DateTime<Utc>),
    /// People stopped it; whether they still do is looked at then (UTC).
    Paused(DateTime<Utc>),
}

/// What a message waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsFor {
    /// A place at an account that works.
    Pace,
    /// A breaker to close: something is wrong with an account.
    Rest,
    /// People: every account that is left is stopped.
    Pause,
}

/// Whether the client can be reached by WeChat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wechat {
    /// Bound, consented to, and with a credit where one is needed.
    Open,
    /// Nothing is bound: not a rung of this client's ladder.
    NotBound,
    /// Bound, and no consent is in force.
    NoConsent,
    /// Bound, and every acceptance is used up.
    NoCredit,
}

/// How the client can be reached, as known at the moment of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// By WeChat.
    pub wechat: Wechat,
    /// Whether there is a number that may be texted and is not known to be wrong; for staff, the
    /// address their channel needs.
    pub phone: bool,
}

/// How an earlier try at the same message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// For good: the account is not asked again.
    ForGood(HopCause),
    /// For now, or nobody knows.
    ForNow(Failure),
}

/// One earlier try, in the order they were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried<'a> {
    /// The account's name.
    pub account: &'a str,
    /// How it ended.
    pub ended: Ended,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// [`TO_CLIENT`], [`BY_TEXT`], [`BY_WECOM`] or [`BY_EMAIL`].
    pub rungs: &'a [&'a [Channel]],
    /// How the recipient can be reached.
    pub reach: Reach,
    /// Earlier tries at this message.
    pub tried: &'a [Tried<'a>],
    /// Tries that may end for good before a person phones, from 1.
    pub failures_before_call: u32,
    /// From then on the message is not sent (UTC).
    pub not_after: DateTime<Utc>,
    /// The present (UTC).
    pub now: DateTime<Utc>,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// This account gets it.
    Send {
        /// Place in the list of accounts.
        account: usize,
        /// Why it is another account, or a lower rung, than would have been; none where it is not.
        hop: Option<HopCause>,
        /// Whether nothing but a person is left if this one fails for good.
        is_last: bool,
    },
    /// Every account that is left rests or is at its pace; one is free at this instant (UTC), before
    /// the message's time is over.
    Wait {
        /// Place of the account that is free first.
        account: usize,
        until: DateTime<Utc>,
        /// What for.
        waits_for: WaitsFor,
    },
    /// A person phones.
    Call(HopCause),
}

/// Chooses. `unit` is a random number in `[0, 1)`.
pub fn choose(accounts: &[Account<'_>], wanted: &Wanted<'_>, unit: f64) -> Choice {
    let last = wanted.tried.last().map(|tried| cause_of(tried.ended));
    let spent = count(wanted.tried.iter().filter(|tried| ended_for_good(tried)));
    if spent >= wanted.failures_before_call.max(1) {
        return Choice::Call(last.unwrap_or(HopCause::TriesSpent));
    }
    let mut skipped = None;
    let mut waits: Option<(DateTime<Utc>, bool, usize)> = None;
    let mut rests = false;
    let ways = [Says::All, Says::NoDate].into_iter();
    for (says, rung) in ways.flat_map(|says| wanted.rungs.iter().map(move |rung| (says, rung))) {
        if let Err(cause) = wanted.open(rung) {
            skipped = skipped.or(cause);
            continue;
        }
        let left = || left(accounts, wanted, rung).filter(|(_, it)| wanted.takes(it, says));
        let ready = left().filter(|(_, it)| it.standing == Standing::Ready);
        if let Some((account, chosen)) = draw(ready.collect(), wanted, unit) {
            let above = || passed_over(accounts, wanted, chosen);
            return Choice::Send {
                account,
                hop: wanted.hop(chosen, skipped.or_else(above)),
                is_last: spent + 1 >= wanted.failures_before_call
                    || !wanted
                        .rungs
                        .iter()
                        .any(|rung| wanted.goes_on(accounts, rung, chosen)),
            };
        }
        let Some(first) = left().filter_map(free_at).min() else {
            // Every account of this rung was tried in vain, or cannot carry the message; one that can only
            // say less has its turn later.
            if self::left(accounts, wanted, rung).next().is_none() {
                skipped = skipped.or(left_over(accounts, rung));
            }
            continue;
        };
        let (at, paced, account) = first;
        if paced && at <= wanted.now + PATIENCE && at < wanted.not_after {
            return Choice::Wait {
                account,
                until: at,
                waits_for: WaitsFor::Pace,
            };
        }
        skipped = skipped.or(Some(HopCause::ProviderFailed));
        rests |= left().any(|(_, it)| matches!(it.standing, Standing::Resting(_)));
        waits = waits.into_iter().chain([first]).min();
    }
    match waits {
        Some((until, paced, account)) if until < wanted.not_after => Choice::Wait {
            account,
            until,
            waits_for: if paced {
                WaitsFor::Pace
            } else if rests {
                WaitsFor::Rest
            } else {
                WaitsFor::Pause
            },
        },
        Some(_) => Choice::Call(last.unwrap_or(HopCause::ProviderFailed)),
        None => Choice::Call(last.or(skipped).unwrap_or(HopCause::Configuration)),
    }
}

impl Wanted<'_> {
    /// Whether a rung leads to the recipient; else why not, where that is worth a record.
    fn open(&self, rung: &[Channel]) -> Result<(), Option<HopCause>> {
        if !rung.contains(&Channel::Wechat) {
            return if self.reach.phone {
                Ok(())
            } else {
                Err(Some(HopCause::NoUsableNumber))
            };
        }
        match self.reach.wechat {
            Wechat::Open => Ok(()),
            Wechat::NotBound => Err(None),
            Wechat::NoConsent => Err(Some(HopCause::NoConsent)),
            Wechat::NoCredit => Err(Some(HopCause::NoCredit)),
        }
    }

    /// Why the chosen account is not the one before it, or not the rung above it.
    fn hop(&self, chosen: &Account<'_>, skipped: Option<HopCause>) -> Option<HopCause> {
        match self.tried.last() {
            Some(tried) if tried.account == chosen.name => None,
            Some(tried) => Some(cause_of(tried.ended)),
            None => skipped,
        }
    }

    /// Whether a rung has another account than the chosen one.
    fn goes_on(&self, accounts: &[Account<'_>], rung: &[Channel], chosen: &Account<'_>) -> bool {
        self.open(rung).is_ok() && left(accounts, self, rung).any(|(_, it)| it.name != chosen.name)
    }

    /// Whether an account's turn is among those that say as much. After an unknown end one that knows a
    /// repetition goes with the first: there it cannot become a duplicate.
    fn takes(&self, account: &Account<'_>, says: Says) -> bool {
        let first = account.says == Says::All || self.repeats(account);
        first == (says == Says::All)
    }

    /// Whether the fate of the last try is unknown, and this account knows a repetition of it.
    fn repeats(&self, account: &Account<'_>) -> bool {
        account.knows_repetition
            && self.tried.last().is_some_and(|tried| {
                tried.account == account.name && tried.ended == Ended::ForNow(Failure::Unknown)
            })
    }

    fn failures_of(&self, account: &str) -> u32 {
        count(self.tried.iter().filter(|tried| tried.account == account))
    }
}

/// The accounts of a rung that may still carry the message, with their places.
fn left<'a, 's>(
    accounts: &'s [Account<'a>],
    wanted: &'s Wanted<'_>,
    rung: &'s [Channel],
) -> impl Iterator<Item = (usize, &'s Account<'a>)> {
    accounts
        .iter()
        .enumerate()
        .filter(move |(_, account)| rung.contains(&account.channel))
        .filter(|(_, account)| account.says != Says::Nothing)
        .filter(move |(_, account)| {
            !wanted
                .tried
                .iter()
                .any(|tried| tried.account == account.name && ended_for_good(tried))
        })
}

/// Why a rung without any account left was of no use, where no try says it: no account has a text for
/// the message.
fn left_over(accounts: &[Account<'_>], rung: &[Channel]) -> Option<HopCause> {
    let of_rung = |account: &&Account<'_>| rung.contains(&account.channel);
    let mut of_rung = accounts.iter().filter(of_rung);
    of_rung
        .any(|account| account.says == Says::Nothing)
        .then_some(HopCause::Configuration)
}

/// Why a rung above the chosen account's was passed over that could have carried the message: it could
/// not have said the date.
fn passed_over(
    accounts: &[Account<'_>],
    wanted: &Wanted<'_>,
    chosen: &Account<'_>,
) -> Option<HopCause> {
    let mut above = wanted
        .rungs
        .iter()
        .take_while(|rung| !rung.contains(&chosen.channel));
    let passed = chosen.says == Says::All
        && above
            .any(|rung| wanted.open(rung).is_ok() && left(accounts, wanted, rung).next().is_some());
    passed.then_some(HopCause::NoticeUnproven)
}

const fn ended_for_good(tried: &Tried<'_>) -> bool {
    matches!(tried.ended, Ended::ForGood(_))
}

/// What a change of account is put down to.
const fn cause_of(ended: Ended) -> HopCause {
    match ended {
        Ended::ForGood(cause) => cause,
        Ended::ForNow(Failure::Configuration) => HopCause::Configuration,
        Ended::ForNow(_) => HopCause::ProviderFailed,
    }
}

/// When an account that is not ready is free, whether that is for its pace, and its place.
const fn free_at((place, it): (usize, &Account<'_>)) -> Option<(DateTime<Utc>, bool, usize)> {
    match it.standing {
        Standing::Ready => None,
        Standing::Resting(until) | Standing::Paused(until) => Some((until, false, place)),
        Standing::Paced(until) => Some((until, true, place)),
    }
}

fn count<'a>(tried: impl Iterator<Item = &'a Tried<'a>>) -> u32 {
    u32::try_from(tried.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
