//! What vendors took, by our tries.

use std::collections::{HashMap, HashSet};

use domain::{AttemptId, AttemptOutcome, MessageId};
use storage::attempts::Try;
use uuid::Uuid;

use super::{
    carrier::{Carrier, Copy},
    report::Stored,
    site::Site,
    vendors::TENCENT,
};

/// What vendors took.
#[derive(Default)]
pub(super) struct Copies {
    /// The tries that were taken.
    pub taken: HashSet<AttemptId>,
    /// The messages that arrived.
    pub arrived: HashSet<MessageId>,
    /// Those of them whose receipt the API took and could know.
    pub proven: HashSet<MessageId>,
}

/// What a vendor knows of whose copy it is, where it is not told our try.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Whose {
    Message(MessageId),
    /// A client or member of staff.
    Person(Uuid),
}

/// What an account took of somebody's without being told our tries.
#[derive(Default)]
struct Shared {
    taken: usize,
    /// Whether any of it arrived.
    arrived: bool,
}

impl Copies {
    /// By the attempt; where the vendor is not told which, by the message or the recipient: what it took
    /// beyond the tries it acknowledged belongs to those whose answer was lost.
    pub fn join(stored: &Stored, site: &Site, carrier: &Carrier) -> Self {
        let tries = || stored.tries.values().flatten();
        let by_attempt: HashMap<String, &Try> = tries()
            .map(|made| (made.attempt_id.to_string(), made))
            .collect();
        let by_reference: HashMap<(&str, &str), &Try> = tries()
            .filter_map(|made| Some(((&*made.gateway, made.provider_message_id.as_deref()?), made)))
            .collect();
        let by_message: HashMap<String, MessageId> = stored
            .messages
            .iter()
            .map(|it| (it.id.uuid().simple().to_string(), it.id))
            .collect();
        let mut joined = Self::default();
        let mut shared: HashMap<(&str, Whose), Shared> = HashMap::new();
        for (place, copy) in carrier.copies().iter().enumerate() {
            let made = copy.attempt().and_then(|id| by_attempt.get(id));
            let reference = copy.reference().unwrap_or_default();
            let named = by_reference.get(&(copy.account(), &*reference));
            if let Some(made) = made.or(named).copied() {
                joined.note(made, place, copy, carrier);
            }
            if let Some(made) = made {
                joined.taken.insert(made.attempt_id);
            } else {
                let whose = whose(copy, site, &by_message);
                let of_it = shared.entry((copy.account(), whose)).or_default();
                of_it.taken += 1;
                of_it.arrived |= carrier.arrived.contains(&place);
            }
        }
        let mut of_person: HashMap<Uuid, Vec<&Try>> = HashMap::new();
        for message in &stored.messages {
            let client = message.client_id.map(domain::Id::uuid);
            let person = client.or(message.staff_id.map(domain::Id::uuid));
            if let Some(person) = person {
                let tries = stored.tries(message.id).iter();
                of_person.entry(person).or_default().extend(tries);
            }
        }
        for ((account, whose), of_it) in shared {
            let tries = match whose {
                Whose::Message(id) => stored.tries(id).iter().collect(),
                Whose::Person(id) => of_person[&id].clone(),
            };
            joined.share(&of_it, account, tries);
        }
        joined
    }

    /// What the carrier made of a copy. A receipt of Tencent Cloud names a reference that nobody has
    /// whose answer was lost.
    fn note(&mut self, made: &Try, place: usize, copy: &Copy, carrier: &Carrier) {
        if carrier.arrived.contains(&place) {
            self.arrived.insert(made.message_id);
        }
        let is_known = copy.account() != TENCENT || was_acknowledged(made);
        if is_known && carrier.proven.contains(&place) {
            self.proven.insert(made.message_id);
        }
    }

    /// Marks so many tries by an account as taken: first those it acknowledged.
    /// One whose answer was lost may be what arrived.
    fn share(&mut self, of_it: &Shared, account: &str, tries: Vec<&Try>) {
        let (told, others): (Vec<&Try>, Vec<&Try>) = tries
            .into_iter()
            .filter(|made| made.gateway == account)
            .partition(|made| was_acknowledged(made));
        let lost: Vec<&Try> = others.into_iter().filter(|made| is_doubted(made)).collect();
        if of_it.arrived {
            self.arrived.extend(lost.iter().map(|made| made.message_id));
        }
        let marked = told.into_iter().chain(lost).take(of_it.taken);
        self.taken.extend(marked.map(|made| made.attempt_id));
    }
}

/// Whose copy it is that says nothing of our try.
fn whose(copy: &Copy, site: &Site, by_message: &HashMap<String, MessageId>) -> Whose {
    match copy {
        Copy::Wechat(taken) => match &taken.client_msg_id {
            Some(id) => Whose::Message(by_message[id]),
            None => Whose::Person(site.open_ids[&taken.to].uuid()),
        },
        Copy::Wecom(taken) => Whose::Person(site.users[&taken.to].uuid()),
        Copy::Email(email) => {
            let (user, _) = email.to.split_once('@').unwrap();
            Whose::Person(site.users[user].uuid())
        }
        Copy::Aliyun(_) | Copy::Tencent(_) | Copy::Platform(_) => {
            panic!("a try is named that nobody made")
        }
    }
}

fn was_acknowledged(made: &Try) -> bool {
    let outcome = made.outcome;
    outcome == Some(AttemptOutcome::Accepted) || outcome == Some(AttemptOutcome::Delivered)
}

/// Whether nobody knew whether it was taken.
fn is_doubted(made: &Try) -> bool {
    matches!(made.outcome, None | Some(AttemptOutcome::Unknown))
}
