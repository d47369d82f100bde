//! What becomes of the messages that vendors took, and how it is told: at once or days later, twice, in
//! the wrong order, or never.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use domain::IdMint;
use platform::Randomness;
use reqwest::StatusCode;
use serde_json::json;

use super::{
    post::Post,
    vendors::{ALIYUN, CORP, MAIL, MINI_PROGRAM, PLATFORM, SERVICE_ACCOUNT, TENCENT, Vendors},
};
use crate::{
    TestApp,
    fakes::{aliyun, smtp, tencent, webhook, wechat, wecom},
};

/// What becomes of a message in so many cases of a hundred, each added to those above: nothing is ever
/// said of it, or it fails with this code. All others arrive.
const FATES: [(f64, Option<&str>); 4] = [
    (3.0, None),
    (6.0, Some("UNDELIV")),
    (7.0, Some("MBBLACK")),
    (7.3, Some("MK:0001")),
];
/// How long it takes until that is told.
const DELAYS: [(f64, TimeDelta, TimeDelta); 3] = [
    (75.0, TimeDelta::seconds(2), TimeDelta::minutes(1)),
    (90.0, TimeDelta::minutes(1), TimeDelta::hours(2)),
    (100.0, TimeDelta::hours(2), TimeDelta::hours(40)),
];
/// Those that take longer than this are told at the end of such a span, together.
const TOGETHER: TimeDelta = TimeDelta::minutes(30);
/// Receipts that are posted; the others get lost, and can only be asked for.
const POSTED: f64 = 95.0;
/// Receipts that are told again.
const TOLD_TWICE: f64 = 10.0;
/// Deliveries beside which a failure is told.
const CONTRADICTED: f64 = 3.0;
/// Receipts beside which one comes about nothing of ours.
const STRANGERS: f64 = 2.0;

/// One message as a vendor took it.
pub(super) enum Copy {
    Aliyun(aliyun::Taken),
    Tencent(tencent::Taken),
    Wechat(wechat::Taken),
    Platform(webhook::Taken),
    Wecom(wecom::Taken),
    Email(smtp::Email),
}

impl Copy {
    /// The account that took it.
    pub fn account(&self) -> &'static str {
        match self {
            Self::Aliyun(_) => ALIYUN,
            Self::Tencent(_) => TENCENT,
            Self::Wechat(taken) if taken.call == "subscribe" => MINI_PROGRAM,
            Self::Wechat(_) => SERVICE_ACCOUNT,
            Self::Platform(_) => PLATFORM,
            Self::Wecom(_) => CORP,
            Self::Email(_) => MAIL,
        }
    }

    /// Our attempt, where the vendor was told which.
    pub fn attempt(&self) -> Option<&str> {
        match self {
            Self::Aliyun(taken) => Some(&taken.out_id),
            Self::Tencent(taken) => Some(&taken.session_context),
            Self::Platform(taken) => Some(&taken.attempt_id),
            Self::Wechat(_) | Self::Wecom(_) | Self::Email(_) => None,
        }
    }

    /// What its vendor calls it in what it posts, where that is all it says.
    pub fn reference(&self) -> Option<String> {
        match self {
            Self::Wechat(taken) => Some(taken.msgid.to_string()),
            _ => None,
        }
    }

    /// Whether anything is ever heard of it.
    const fn is_followed(&self) -> bool {
        !matches!(self, Self::Wecom(_) | Self::Email(_))
    }
}

/// Something a vendor says of a message it took.
#[derive(Clone, Copy)]
struct Word {
    copy: usize,
    delivered: bool,
    code: &'static str,
    /// Whether it is posted; else it can only be asked for.
    is_posted: bool,
}

/// The carriers behind all vendors.
pub(super) struct Carrier {
    random: Randomness,
    ids: IdMint,
    copies: Vec<Copy>,
    words: BTreeMap<(DateTime<Utc>, usize), Word>,
    said: usize,
    /// The copies that arrived, by their places.
    pub arrived: BTreeSet<usize>,
    /// Those of them whose receipt the API took.
    pub proven: BTreeSet<usize>,
    /// Receipts that were posted.
    pub posted: usize,
    /// Those about nothing of ours.
    pub strangers: usize,
}

impl Carrier {
    pub fn new(seed: u64) -> Self {
        let random = Randomness::seeded(seed ^ 5);
        Self {
            ids: IdMint::new(DateTime::UNIX_EPOCH, random.seed()),
            random,
            copies: Vec::new(),
            words: BTreeMap::new(),
            said: 0,
            arrived: BTreeSet::new(),
            proven: BTreeSet::new(),
            posted: 0,
            strangers: 0,
        }
    }

    /// Everything taken so far.
    pub fn copies(&self) -> &[Copy] {
        &self.copies
    }

    /// How many messages were taken so far.
    pub fn taken(&self) -> usize {
        self.copies.len()
    }

    /// Whether nothing is left to be said.
    pub fn is_done(&self) -> bool {
        self.words.is_empty()
    }

    /// When something is said next (UTC).
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.words.keys().next().map(|(at, _)| *at)
    }

    /// Looks for what was taken meanwhile, and decides what becomes of it.
    pub fn look(&mut self, vendors: &Vendors, now: DateTime<Utc>) {
        let count = |account: &[&str]| {
            let of_it = |copy: &&Copy| account.contains(&copy.account());
            self.copies.iter().filter(of_it).count()
        };
        let aliyun = vendors.aliyun.taken_from(count(&[ALIYUN]));
        let tencent = vendors.tencent.taken_from(count(&[TENCENT]));
        let wechat = vendors
            .wechat
            .taken_from(count(&[SERVICE_ACCOUNT, MINI_PROGRAM]));
        let platform = vendors.platform.taken_from(count(&[PLATFORM]));
        let new = aliyun.into_iter().map(Copy::Aliyun);
        let new = new.chain(tencent.into_iter().map(Copy::Tencent));
        let new = new.chain(wechat.into_iter().map(Copy::Wechat));
        let wecom = vendors.wecom.taken_from(count(&[CORP]));
        let mail = vendors.mail.taken_from(count(&[MAIL]));
        let new = new.chain(platform.into_iter().map(Copy::Platform));
        let new = new.chain(wecom.into_iter().map(Copy::Wecom));
        let new: Vec<Copy> = new.chain(mail.into_iter().map(Copy::Email)).collect();
        for copy in new {
            let is_followed = copy.is_followed();
            self.copies.push(copy);
            if is_followed {
                self.decide(self.copies.len() - 1, now);
            }
        }
    }

    fn decide(&mut self, copy: usize, now: DateTime<Utc>) {
        let draw = self.percent();
        let (delivered, code) = match FATES.iter().find(|(below, _)| draw < *below) {
            None => (true, "DELIVRD"),
            Some((_, None)) => return,
            Some((_, Some(code))) => (false, *code),
        };
        let draw = self.percent();
        let span = DELAYS.iter().find(|(below, ..)| draw < *below);
        let (_, least, most) = span.copied().unwrap();
        let at = now + self.within(least, most);
        let at = if at - now > TOGETHER {
            at.duration_round_up(TOGETHER).unwrap()
        } else {
            at
        };
        let is_posted = self.percent() < POSTED;
        let word = Word {
            copy,
            delivered,
            code,
            is_posted,
        };
        self.say(at, word);
        let draw = self.percent();
        if draw < TOLD_TWICE {
            let later = self.within(TimeDelta::zero(), TimeDelta::hours(1));
            self.say(at + later, word);
        } else if delivered && draw < TOLD_TWICE + CONTRADICTED {
            // A failure for now that was over when the message arrived, told before or after it.
            let other = self.within(TimeDelta::zero(), (at - now) * 2);
            let failed = Word {
                delivered: false,
                code: "UNDELIV",
                ..word
            };
            self.say(now + other, failed);
        }
    }

    fn say(&mut self, at: DateTime<Utc>, word: Word) {
        self.said += 1;
        self.words.insert((at, self.said), word);
    }

    fn percent(&self) -> f64 {
        self.random.unit() * 100.0
    }

    fn within(&self, least: TimeDelta, most: TimeDelta) -> TimeDelta {
        let seconds = (most - least).as_seconds_f64() * self.random.unit();
        least + TimeDelta::from_std(Duration::from_secs_f64(seconds)).unwrap()
    }

    /// Says everything that is due.
    pub async fn deliver_due(&mut self, app: &TestApp, vendors: &Vendors, now: DateTime<Utc>) {
        while let Some(entry) = self.words.first_entry().filter(|it| it.key().0 <= now) {
            let word = entry.remove();
            let Some(post) = self.settle(word, vendors, now) else {
                continue;
            };
            match post.send(app, vendors).await {
                StatusCode::NO_CONTENT | StatusCode::OK => {
                    self.posted += 1;
                    if word.delivered {
                        self.proven.insert(word.copy);
                    }
                }
                // As every vendor does: what was not taken is posted again.
                status if status == StatusCode::CONFLICT || status.is_server_error() => {
                    self.say(now + TimeDelta::minutes(1), word);
                }
                status => panic!("a receipt is refused with {status}"),
            }
            if self.percent() < STRANGERS {
                self.say_of_a_stranger(app, vendors, now).await;
            }
        }
    }

    /// The vendor knows from now on. What it posts, where it posts to us.
    fn settle(&mut self, word: Word, vendors: &Vendors, now: DateTime<Utc>) -> Option<Post> {
        if word.delivered {
            self.arrived.insert(word.copy);
        }
        let post = match &self.copies[word.copy] {
            Copy::Aliyun(taken) => {
                let receipt = vendors.aliyun.settle(taken, word.delivered, word.code);
                Post::Receipts(ALIYUN, json!([receipt]))
            }
            Copy::Tencent(taken) => {
                let receipt = vendors.tencent.settle(taken, word.delivered, word.code);
                Post::Receipts(TENCENT, json!([receipt]))
            }
            Copy::Wechat(taken) => Post::wechat(taken, word.delivered, now),
            Copy::Platform(taken) => Post::Platform(json!({
                "type": if word.delivered { "message.delivered" } else { "message.failed" },
                "timestamp": now,
                "data": {
                    "id": taken.message_id,
                    "attempt_id": taken.attempt_id,
                    "code": word.code,
                    "permanent": matches!(word.code, "MBBLACK" | "MK:0001"),
                },
            })),
            Copy::Wecom(_) | Copy::Email(_) => return None,
        };
        word.is_posted.then_some(post)
    }

    /// A receipt about a message that is none of ours.
    async fn say_of_a_stranger(&mut self, app: &TestApp, vendors: &Vendors, now: DateTime<Utc>) {
        let id: domain::MessageId = self.ids.next();
        let body = json!({
            "type": "message.delivered", "timestamp": now, "data": { "id": id },
        });
        let status = Post::Platform(body).send(app, vendors).await;
        assert_eq!(status, StatusCode::ACCEPTED);
        self.strangers += 1;
    }
}
