//! The provider accounts that messages leave by, and how each is doing.
//!
//! Breakers and paces live in the memory of the process: each worker learns by itself what rests, and
//! a start forgets it. Share a vendor's limit among the workers when setting `per_second`.

mod health;
mod people;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Channel, OfficeId, StaffId,
    provider_choice::{self, Choice, Pace, Says, Standing, WaitsFor, Wanted},
    template::TemplateGateway,
};
use gateways::{Accepted, MessageGateway, SendError, wechat::Account};
use storage::attempts::Try;

use self::{health::Health, people::People};

/// After how long an account whose sending is paused is looked at again.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(5);
/// The window in which messages to one recipient are counted (Aliyun: 24 hours from the first).
pub(crate) const A_DAY: TimeDelta = TimeDelta::hours(24);

/// One account at a provider.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its name in the settings; attempts and receipts are recorded under it.
    pub name: String,
    /// The way to it.
    pub gateway: Arc<dyn MessageGateway>,
    /// Its share among the accounts of its channel; 0: only where no other is ready.
    pub weight: u32,
    /// Messages it is given in a second at most; none: as many as there are.
    pub per_second: Option<u32>,
    /// Messages to one number in 24 hours at most, whoever has it: vendors refuse the rest.
    pub per_number_a_day: Option<u32>,
    /// Least time between two messages to one number of clients, whoever of them has it: vendors refuse the
    /// same text sooner.
    pub per_number_gap: Option<TimeDelta>,
    /// Messages to one member of staff in a minute at most, by each worker: `WeCom` drops the rest without
    /// a word.
    pub per_person_a_minute: Option<usize>,
    /// How long after its first try at a message it knows a repetition by the message's id; zero: not
    /// at all.
    pub knows_repetition_for: TimeDelta,
    /// Whether each message is recorded before the next one leaves: what is given to it twice may be seen
    /// twice, and it cannot be asked.
    pub one_at_a_time: bool,
    /// AppID of an account at WeChat: clients are bound with it.
    pub app_id: Option<String>,
    /// Set for a service account at WeChat: tells who follows it.
    pub followers: Option<Arc<Account>>,
    /// Whether every message takes one that its recipient accepted (WeChat's subscribe messages).
    pub needs_credit: bool,
    /// Set where it sends only what is filed with it; others take the whole text.
    pub files: Option<TemplateGateway>,
    /// Whether it is asked about the receipts that are posted in its name: it signs none.
    pub confirms_receipts: bool,
}

impl Provider {
    /// An account that takes whole texts, of weight 1, without a pace; it goes by the gateway's name.
    pub fn of(gateway: Arc<dyn MessageGateway>) -> Self {
        Self {
            name: gateway.name().to_owned(),
            gateway,
            weight: 1,
            per_second: None,
            per_number_a_day: None,
            per_number_gap: None,
            per_person_a_minute: None,
            knows_repetition_for: TimeDelta::MAX,
            one_at_a_time: false,
            app_id: None,
            followers: None,
            needs_credit: false,
            files: None,
            confirms_receipts: false,
        }
    }

    /// Whether it would know a message that it was given before, in one of these tries: to send it again
    /// makes no second message of it.
    pub(crate) fn knows_repetition(&self, tries: &[Try], now: DateTime<Utc>) -> bool {
        let mut tries = tries.iter();
        let first = tries.find(|made| made.gateway == self.name);
        first.is_some_and(|first| now - first.started_at < self.knows_repetition_for)
    }

    /// Whether it knows a repetition however late it comes.
    pub(crate) fn always_knows_repetition(&self) -> bool {
        self.knows_repetition_for == TimeDelta::MAX
    }

    /// When the account may send to a recipient again who got as much as it sends one in a day, or
    /// something just now (UTC).
    fn number_rests_until(
        &self,
        recent: Option<&Recent>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let sent = recent?.get(&self.name)?;
        let until = self.day_over(sent).max(self.gap_over(sent))?;
        (now < until).then_some(until)
    }

    /// When what a recipient was sent at these instants leaves room for another in a day (UTC).
    fn day_over(&self, sent: &[DateTime<Utc>]) -> Option<DateTime<Utc>> {
        let most = usize::try_from(self.per_number_a_day?).ok()?;
        let mut sent = sent.to_vec();
        sent.sort_unstable();
        // The one that has to be a day old for another to follow.
        let oldest = sent.len().checked_sub(most)?;
        Some(*sent.get(oldest)? + A_DAY)
    }

    /// When the last of what a recipient was sent at these instants is long enough ago (UTC).
    fn gap_over(&self, sent: &[DateTime<Utc>]) -> Option<DateTime<Utc>> {
        Some(*sent.iter().max()? + self.per_number_gap?)
    }
}

/// What a choice depends on beside the message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draw<'a> {
    /// Whose weights.
    pub office: OfficeId,
    /// Whether it goes before what can wait for an account's pace.
    pub urgent: bool,
    /// The accounts by which nothing is sent for now.
    pub paused: &'a HashSet<String>,
    /// The member of staff it goes to.
    pub person: Option<StaffId>,
    /// What the recipient was sent in the last 24 hours, by account.
    pub recent: Option<&'a Recent>,
    /// Earlier tries at the message.
    pub tries: &'a [Try],
    /// A random number in `[0, 1)`.
    pub unit: f64,
}

/// When one recipient was sent something, by account.
pub(crate) type Recent = HashMap<String, Vec<DateTime<Utc>>>;

/// The accounts of a worker. Clones share what is known of them.
#[derive(Debug, Clone)]
pub struct Providers(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    accounts: Vec<Provider>,
    /// The weights of offices that have their own, in the order of the accounts.
    offices: HashMap<OfficeId, Vec<u32>>,
    health: Mutex<Vec<Health>>,
}

impl Providers {
    /// These accounts; `offices` have weights of their own, by the names of accounts, and use the
    /// others only where none of theirs is ready.
    pub fn new(
        accounts: Vec<Provider>,
        offices: impl IntoIterator<Item = (OfficeId, HashMap<String, u32>)>,
    ) -> Self {
        let weight =
            |own: &HashMap<String, u32>, it: &Provider| own.get(&it.name).copied().unwrap_or(0);
        let offices = offices
            .into_iter()
            .map(|(office, own)| (office, accounts.iter().map(|it| weight(&own, it)).collect()))
            .collect();
        let health = accounts
            .iter()
            .map(|account| {
                let pace = account.per_second.map(Pace::per_second);
                Health::new(pace, account.per_person_a_minute.map(People::new))
            })
            .collect();
        Self(Arc::new(Inner {
            accounts,
            offices,
            health: Mutex::new(health),
        }))
    }

    /// One gateway of the office's own, which knows a repetition by the message's id.
    pub fn single(gateway: Arc<dyn MessageGateway>) -> Self {
        Self::new(vec![Provider::of(gateway)], [])
    }

    /// The channel messages are planned for: that of the first account for text messages. Which one
    /// carries a message is decided when it is sent.
    pub fn channel(&self) -> Channel {
        let channels = || {
            self.0
                .accounts
                .iter()
                .map(|account| account.gateway.channel())
        };
        channels()
            .find(|channel| provider_choice::is_text(*channel))
            .or_else(|| channels().find(|channel| !provider_choice::is_for_staff(*channel)))
            .unwrap_or(Channel::CallTask)
    }

    /// The `AppIDs` of accounts at WeChat.
    pub fn app_ids(&self) -> Vec<String> {
        let accounts = self.0.accounts.iter();
        accounts
            .filter_map(|account| account.app_id.clone())
            .collect()
    }

    /// Whether any account sends only what its recipients accepted.
    pub(crate) fn need_credits(&self) -> bool {
        self.0.accounts.iter().any(|account| account.needs_credit)
    }

    /// The names of the accounts, and what those file that send only filed texts.
    pub fn listed(&self) -> impl Iterator<Item = (&str, Option<TemplateGateway>)> {
        let accounts = self.0.accounts.iter();
        accounts.map(|account| (account.name.as_str(), account.files))
    }

    /// The accounts, in the order of their places.
    pub(crate) fn accounts(&self) -> &[Provider] {
        &self.0.accounts
    }

    /// Whether the account at `place` is given one message at a time.
    pub(crate) fn one_at_a_time(&self, place: usize) -> bool {
        self.at(place).is_some_and(|account| account.one_at_a_time)
    }

    /// Whether any account counts messages to one recipient, or spaces them.
    pub(crate) fn count_numbers(&self) -> bool {
        let mut accounts = self.0.accounts.iter();
        accounts.any(|it| it.per_number_a_day.is_some() || it.per_number_gap.is_some())
    }

    /// Whether any account sends only what is filed with it.
    pub fn file_texts(&self) -> bool {
        self.0
            .accounts
            .iter()
            .any(|account| account.files.is_some())
    }

    /// The account of this name; none when it was taken out of the settings.
    pub fn named(&self, name: &str) -> Option<&Provider> {
        self.0.accounts.iter().find(|account| account.name == name)
    }

    /// The account at a place that [`Providers::choose`] answered.
    pub(crate) fn at(&self, place: usize) -> Option<&Provider> {
        self.0.accounts.get(place)
    }

    /// Chooses the account for a message, and gives it its place there: a place that is taken in a
    /// unit of work which is run again is taken twice, so an account gets less, never more. `says`
    /// tells what each account can say of the message.
    pub(crate) fn choose(
        &self,
        draw: Draw<'_>,
        wanted: &Wanted<'_>,
        says: impl Fn(&Provider) -> Says,
    ) -> Choice {
        let says: Vec<Says> = self.0.accounts.iter().map(says).collect();
        let mut health = self.health();
        let own = self.0.offices.get(&draw.office);
        let accounts: Vec<_> = self
            .0
            .accounts
            .iter()
            .zip(health.iter().zip(says))
            .enumerate()
            .map(
                |(place, (account, (health, says)))| provider_choice::Account {
                    name: &account.name,
                    channel: account.gateway.channel(),
                    weight: own.map_or(account.weight, |own| own.get(place).copied().unwrap_or(0)),
                    knows_repetition: account.knows_repetition(draw.tries, wanted.now),
                    says,
                    needs_credit: account.needs_credit,
                    standing: if draw.paused.contains(&account.name) {
                        Standing::Paused(wanted.now + LOOK_AGAIN)
                    } else if let Some(until) = account.number_rests_until(draw.recent, wanted.now)
                    {
                        Standing::Paced(until)
                    } else {
                        health.standing(wanted.now, draw.urgent, draw.person)
                    },
                },
            )
            .collect();
        let choice = provider_choice::choose(&accounts, wanted, draw.unit);
        match choice {
            Choice::Send { account, .. } => {
                if let Some(health) = health.get_mut(account) {
                    health.take(wanted.now, draw.person);
                }
                choice
            }
            Choice::Wait {
                account,
                until,
                waits_for: WaitsFor::Pace,
            } => Choice::Wait {
                account,
                until: health
                    .get_mut(account)
                    .and_then(|health| health.promise(until, wanted))
                    .unwrap_or(until),
                waits_for: WaitsFor::Pace,
            },
            Choice::Wait { .. } | Choice::Call(_) => choice,
        }
    }

    /// What came of a call of the account at `place`; none: there was no call.
    pub(crate) fn record(
        &self,
        place: usize,
        result: Option<&Result<Accepted, SendError>>,
        now: DateTime<Utc>,
    ) {
        let Some(account) = self.0.accounts.get(place) else {
            return;
        };
        let channel = account.gateway.channel();
        let mut health = self.health();
        let others_quick = self.0.accounts.iter().zip(health.iter()).enumerate().any(
            |(other, (account, health))| {
                other != place
                    && provider_choice::same_rung(account.gateway.channel(), channel)
                    && health.is_quick(now)
            },
        );
        if let Some(health) = health.get_mut(place) {
            health.record(&account.name, result, others_quick, now);
        }
    }

    /// Puts how each account stands into the metrics, of those too that were never called.
    pub(crate) fn show(&self) {
        for (account, health) in self.0.accounts.iter().zip(self.health().iter()) {
            health.show(&account.name);
        }
    }

    fn health(&self) -> MutexGuard<'_, Vec<Health>> {
        // What a panic elsewhere may have left behind is a breaker's count, no more.
        self.0.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
