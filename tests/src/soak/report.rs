//! What came of a soak.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
    time::Duration,
};

use chrono::TimeDelta;
use domain::{
    AttemptOutcome, HopCause, MessageId, MessageStatus, ReceiptCheck, TaskKind, delivery,
};
use storage::{
    Scope, StorageError,
    attempts::{self, Try},
    messages::{self, Message},
    receipts, tasks,
};

use super::{
    carrier::Carrier,
    copies::Copies,
    leaps::Leaps,
    site::{PLANTED, Site},
    vendors::{PLATFORM, TENCENT},
};
use crate::TestApp;

/// More rows than a soak has.
const ALL: i64 = 10_000_000;

/// The figures of a soak.
#[derive(Debug, Default)]
pub struct Report {
    /// Messages that were laid down.
    pub messages: usize,
    /// Those that are there in the end.
    pub found: usize,
    /// How they ended: by state and by whether a person was asked to phone.
    pub states: BTreeMap<(&'static str, bool), usize>,
    /// Messages that have no final state.
    pub unfinished: Vec<MessageId>,
    /// Messages that were not delivered, and nothing says why.
    pub unexplained: Vec<MessageId>,
    /// Messages that count as delivered, and no carrier delivered.
    pub falsely_proven: Vec<MessageId>,
    /// Messages whose receipt was taken, and that do not count as delivered.
    pub proof_lost: Vec<MessageId>,
    /// Messages that a vendor was made to take again, because nobody knew that it had.
    pub twice: usize,
    /// By the account that had taken it before.
    pub twice_after: BTreeMap<String, usize>,
    /// The tries at each of them, in order: account, outcome, and why it went there.
    pub twice_how: Vec<String>,
    /// Those of them that were not counted as perhaps taken.
    pub twice_uncounted: Vec<MessageId>,
    /// Messages that went to another account after one had taken them and no receipt came, or one of a
    /// failure.
    pub again_by_ladder: usize,
    /// What vendors took, by account.
    pub taken: BTreeMap<&'static str, usize>,
    /// Tries, by account and outcome.
    pub tries: BTreeMap<(String, &'static str), usize>,
    /// Changes of account, and calls by a person, by cause.
    pub hops: BTreeMap<&'static str, usize>,
    /// Workers that were killed.
    pub kills: usize,
    /// Receipts that were posted, and those of them about nothing of ours.
    pub receipts: (usize, usize),
    /// What vendors said of receipts that nobody signed, when they were asked.
    pub checks: BTreeMap<&'static str, usize>,
    /// Messages of which a vendor did not say what became of them, though it had posted it.
    pub unconfirmed: Vec<MessageId>,
    /// How often time leapt.
    pub leaps: usize,
    /// How long the message waited that waited longest past its time.
    pub longest_wait: TimeDelta,
    /// What it took by the machine's clock.
    pub took: Duration,
}

/// Reads the database in the end.
pub(super) fn read(
    app: &TestApp,
    site: &Site,
    carrier: &Carrier,
    leaps: &Leaps,
    kills: usize,
    took: Duration,
) -> Report {
    let stored = Stored::read(app);
    let mut report = Report {
        messages: site.messages,
        found: stored.messages.len(),
        kills,
        receipts: (carrier.posted, carrier.strangers),
        leaps: leaps.count,
        longest_wait: leaps.longest_wait,
        took,
        ..Report::default()
    };
    let copies = Copies::join(&stored, site, carrier);
    for (message, check) in &stored.checks {
        *report.checks.entry(check.as_str()).or_default() += 1;
        let is_confirmed = match check {
            ReceiptCheck::Confirmed | ReceiptCheck::Contradicted => true,
            ReceiptCheck::Unanswered => stored.was_guessed(*message),
            ReceiptCheck::Asking => false,
        };
        if !is_confirmed {
            report.unconfirmed.push(*message);
        }
    }
    for message in &stored.messages {
        report.look_at(message, &stored, &copies);
    }
    for copy in carrier.copies() {
        *report.taken.entry(copy.account()).or_default() += 1;
    }
    report
}

/// What is in the database.
pub(super) struct Stored {
    pub messages: Vec<Message>,
    pub tries: HashMap<MessageId, Vec<Try>>,
    called: HashSet<MessageId>,
    checks: Vec<(MessageId, ReceiptCheck)>,
}

impl Stored {
    /// Whether Tencent Cloud's answer to a try was lost, and with it the reference to ask by: its receipt was
    /// joined by the number, which nobody can confirm, and a person phones.
    fn was_guessed(&self, message: MessageId) -> bool {
        let lost = |made: &Try| {
            made.gateway == TENCENT
                && made.outcome == Some(AttemptOutcome::Unknown)
                && made.provider_message_id.is_none()
        };
        self.called.contains(&message)
            && self
                .tries
                .get(&message)
                .is_some_and(|tries| tries.iter().any(lost))
    }

    fn read(app: &TestApp) -> Self {
        let agency = app.seed().agency;
        let read = app.store().read(|tx| {
            let filter = messages::Filter::default();
            let mut all = messages::list(tx, agency, Scope::default(), &filter, None, ALL)?;
            let to_staff =
                messages::list_to_staff(tx, agency, Scope::default(), &filter, None, ALL)?;
            all.extend(to_staff);
            let mut tries: HashMap<MessageId, Vec<Try>> = HashMap::new();
            let ids: Vec<MessageId> = all.iter().map(|message| message.id).collect();
            let mut checks = Vec::new();
            for some in ids.chunks(500) {
                for made in attempts::tries(tx, agency, some)? {
                    tries.entry(made.message_id).or_default().push(made);
                }
                let reported = receipts::of_messages(tx, agency, some)?.into_iter();
                checks.extend(reported.filter_map(|it| Some((it.receipt.message_id, it.check?))));
            }
            // The heads of the office are also told what failed.
            all.retain(|message| message.dedupe_key.starts_with(PLANTED));
            let filter = tasks::Filter::default();
            let tasks = tasks::list(tx, agency, Scope::default(), &filter, None, ALL)?;
            let calls = tasks
                .into_iter()
                .filter(|it| it.kind == TaskKind::CallClient);
            Ok::<_, StorageError>(Self {
                messages: all,
                tries,
                called: calls.filter_map(|task| task.message_id).collect(),
                checks,
            })
        });
        read.unwrap()
    }

    /// In the order they were made.
    pub fn tries(&self, message: MessageId) -> &[Try] {
        self.tries.get(&message).map_or(&[], Vec::as_slice)
    }
}

impl Report {
    fn look_at(&mut self, message: &Message, stored: &Stored, copies: &Copies) {
        let (id, status) = (message.id, message.status);
        let called = stored.called.contains(&id);
        *self.states.entry((status.as_str(), called)).or_default() += 1;
        let tries = stored.tries(id);
        for made in tries {
            let outcome = made.outcome.map_or("none", AttemptOutcome::as_str);
            let key = (made.gateway.clone(), outcome);
            *self.tries.entry(key).or_default() += 1;
            if let Some(cause) = made.hop_cause {
                *self.hops.entry(cause.as_str()).or_default() += 1;
            }
        }
        if let Some(cause) = message.hop_cause.filter(|_| called) {
            *self.hops.entry(cause.as_str()).or_default() += 1;
        }
        let is_delivered = status == MessageStatus::Delivered;
        if !delivery::is_final(status) {
            self.unfinished.push(id);
        } else if !is_delivered && !called && message.status_reason.is_none() {
            self.unexplained.push(id);
        }
        if is_delivered && !copies.arrived.contains(&id) {
            self.falsely_proven.push(id);
        }
        if !is_delivered && copies.proven.contains(&id) {
            self.proof_lost.push(id);
        }
        let taken = |made: &Try| copies.taken.contains(&made.attempt_id);
        for (place, before) in tries.iter().enumerate().filter(|(_, made)| taken(made)) {
            let after = &tries[place + 1..];
            let Some(again) = after.iter().find(|made| taken(made)) else {
                continue;
            };
            if before.gateway == PLATFORM && again.gateway == PLATFORM {
                // It knows a repetition.
                continue;
            }
            // It was known to be taken, and went on for want of a receipt or because of one.
            if let Some(
                HopCause::NoReceipt | HopCause::PermanentFailure | HopCause::TemporaryFailure,
            ) = after[0].hop_cause
            {
                self.again_by_ladder += 1;
                continue;
            }
            self.twice += 1;
            *self.twice_after.entry(before.gateway.clone()).or_default() += 1;
            self.twice_how.push(tries.iter().map(told).collect());
            if before.outcome != Some(AttemptOutcome::Unknown) {
                self.twice_uncounted.push(id);
            }
        }
    }

    /// What is not as it should be; `twice_per_thousand`: so many messages of a thousand gone out twice are
    /// too many.
    pub fn faults(&self, twice_per_thousand: f64) -> Vec<String> {
        let mut faults = Vec::new();
        if self.found != self.messages {
            faults.push(format!(
                "{} messages of {} are there",
                self.found, self.messages
            ));
        }
        for (what, ids) in [
            ("have no final state", &self.unfinished),
            (
                "say nothing of why they were not delivered",
                &self.unexplained,
            ),
            ("count as delivered and were not", &self.falsely_proven),
            ("were delivered and do not count as such", &self.proof_lost),
            ("went twice and are not counted", &self.twice_uncounted),
            ("are not confirmed by their vendors", &self.unconfirmed),
        ] {
            if !ids.is_empty() {
                let some: Vec<String> = ids.iter().take(5).map(ToString::to_string).collect();
                faults.push(format!(
                    "{} messages {what}: {} …",
                    ids.len(),
                    some.join(", ")
                ));
            }
        }
        let (twice, all) = (count(self.twice), count(self.messages));
        if twice * 1_000.0 >= twice_per_thousand * all && self.twice > 0 {
            faults.push(format!("{} messages went twice", self.twice));
        }
        faults
    }
}

fn told(made: &Try) -> String {
    let outcome = made.outcome.map_or("none", AttemptOutcome::as_str);
    let cause = made.hop_cause.map_or("-", HopCause::as_str);
    let at = made.started_at.format("%d %H:%M:%S");
    let ended = made
        .finished_at
        .map(|at| at.format("%d %H:%M:%S").to_string());
    let ended = ended.unwrap_or_default();
    format!("[{at} {} {outcome} {cause} {ended}]", made.gateway)
}

fn listed(figures: &BTreeMap<impl fmt::Display, usize>) -> String {
    let each = figures.iter().map(|(what, many)| format!("{what} {many}"));
    each.collect::<Vec<_>>().join(", ")
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.took.as_secs_f64();
        writeln!(f, "| figure | value |\n|---|---|")?;
        writeln!(f, "| messages | {} |", self.messages)?;
        writeln!(
            f,
            "| messages/s, leaps and kills included | {:.1} |",
            count(self.messages) / seconds
        )?;
        writeln!(
            f,
            "| seconds, leaps of time | {seconds:.0}, {} |",
            self.leaps
        )?;
        writeln!(f, "| workers killed | {} |", self.kills)?;
        writeln!(
            f,
            "| went twice, unknown to us | {} ({:.3} %) |",
            self.twice,
            count(self.twice) / count(self.messages) * 100.0
        )?;
        writeln!(
            f,
            "| sent again by the ladder, without a receipt | {} |",
            self.again_by_ladder
        )?;
        writeln!(
            f,
            "| without a final state, without a reason | {}, {} |",
            self.unfinished.len(),
            self.unexplained.len()
        )?;
        writeln!(
            f,
            "| proven falsely, proof lost | {}, {} |",
            self.falsely_proven.len(),
            self.proof_lost.len()
        )?;
        let (posted, strangers) = self.receipts;
        writeln!(
            f,
            "| receipts posted, of nothing of ours | {posted}, {strangers} |"
        )?;
        let (checks, twice) = (listed(&self.checks), listed(&self.twice_after));
        writeln!(f, "| receipts asked about at vendors | {checks} |")?;
        writeln!(f, "| went twice, by the account before | {twice} |")?;
        writeln!(
            f,
            "| longest wait past its time | {:.1} s |",
            self.longest_wait.as_seconds_f64()
        )?;
        if !self.twice_how.is_empty() {
            writeln!(f, "\nWent twice: {}", self.twice_how.join("; "))?;
        }
        writeln!(f, "\n| state | a person phones | messages |\n|---|---|---|")?;
        for ((state, called), number) in &self.states {
            writeln!(
                f,
                "| {state} | {} | {number} |",
                if *called { "yes" } else { "no" }
            )?;
        }
        writeln!(f, "\n| cause of a hop | hops |\n|---|---|")?;
        for (cause, number) in &self.hops {
            writeln!(f, "| {cause} | {number} |")?;
        }
        writeln!(f, "\n| account | taken | tries by outcome |\n|---|---|---|")?;
        for (account, taken) in &self.taken {
            let tries = self.tries.iter().filter(|((of, _), _)| of == account);
            let tries: Vec<String> = tries
                .map(|((_, outcome), number)| format!("{outcome} {number}"))
                .collect();
            writeln!(f, "| {account} | {taken} | {} |", tries.join(", "))?;
        }
        Ok(())
    }
}
