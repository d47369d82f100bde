//! What a batch of messages is about, loaded by ids in a handful of queries.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use casework::{Work, WorkError, rules};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AppointmentId, CaseId, ClientId, MessageId, MessageKind, MessageStatus, OfficeId, StaffId,
    local_time::Tz, rule_pack::RulePack, template::Template, wording::WordList,
};
use storage::{
    PhoneIndex, appointments,
    attempts::{self, Try},
    cases,
    clients::{self, Client},
    messages::Message,
    offices::{self, Office},
    receipt_checks::{self, Open},
    sending_pauses,
    staff::{self, Staff},
    templates,
};

use super::{
    bound::{self, Bound},
    filed::{self, Filed},
    recent::{self, Sent},
};
use crate::Providers;

/// What messages are about.
#[derive(Default)]
pub(in crate::jobs) struct Surroundings {
    pub appointments: HashMap<AppointmentId, appointments::Standing>,
    pub cases: HashMap<CaseId, cases::Standing>,
    pub packs: HashMap<CaseId, Arc<RulePack>>,
    pub clients: HashMap<ClientId, Client>,
    /// Their numbers, to tell them from earlier ones: loaded where messages are followed up.
    pub numbers: HashMap<ClientId, PhoneIndex>,
    pub offices: HashMap<OfficeId, (Office, Tz)>,
    pub staff: HashMap<StaffId, Staff>,
    /// Numbers that belong to more than one client.
    pub shared_phones: HashSet<String>,
    /// What went to the numbers of clients in the last 24 hours, where an account counts it.
    pub recent: Sent,
    /// Earlier tries of messages that had any, in the order they were made.
    pub tries: HashMap<MessageId, Vec<Try>>,
    /// Receipts of those that were tried that vendors are being asked about.
    pub open_checks: Vec<Open>,
    /// What clients bound at WeChat.
    pub bound: HashMap<ClientId, Bound>,
    /// What is filed with accounts, by account, kind and step.
    pub filed: Filed,
    /// The accounts whose sending people have paused.
    pub paused: HashSet<String>,
    /// The agency's own texts.
    pub templates: HashMap<(MessageKind, String), Template>,
}

fn distinct<T: Ord>(ids: impl Iterator<Item = T>) -> Vec<T> {
    let mut ids: Vec<T> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

impl Surroundings {
    /// Cases, their packs and appointments: enough to judge whether a message is still needed.
    fn of_cases(work: &mut Work<'_, '_>, messages: &[Message]) -> Result<Self, WorkError> {
        let (agency, mut loaded) = (work.agency, Self::default());
        let ids = distinct(messages.iter().filter_map(|message| message.appointment_id));
        if !ids.is_empty() {
            let items = appointments::standings(work.tx, agency, &ids)?;
            loaded.appointments = items.into_iter().map(|item| (item.id, item)).collect();
        }
        let ids = distinct(messages.iter().filter_map(|message| message.case_id));
        if !ids.is_empty() {
            for case in cases::standings(work.tx, agency, &ids)? {
                let pack = rules::pack(work, &case.rule_pack, case.rule_pack_version)?;
                loaded.packs.insert(case.id, pack);
                loaded.cases.insert(case.id, case);
            }
        }
        Ok(loaded)
    }

    /// What following up needs.
    pub fn followed(work: &mut Work<'_, '_>, messages: &[Message]) -> Result<Self, WorkError> {
        let Self {
            clients,
            numbers,
            staff,
            ..
        } = Self::of_people(work, messages)?;
        Ok(Self {
            clients,
            numbers,
            staff,
            ..Self::unasked(work, messages)?
        })
    }

    /// What following up needs where no account is asked.
    pub fn unasked(work: &mut Work<'_, '_>, messages: &[Message]) -> Result<Self, WorkError> {
        Ok(Self {
            tries: tries(work, messages)?,
            open_checks: open_checks(work, messages)?,
            ..Self::of_cases(work, messages)?
        })
    }

    /// What asking an account about messages needs: their tries, and whom they went to.
    pub fn asked(work: &mut Work<'_, '_>, messages: &[Message]) -> Result<Self, WorkError> {
        Ok(Self {
            tries: tries(work, messages)?,
            ..Self::of_people(work, messages)?
        })
    }

    /// Whom messages went to.
    fn of_people(work: &mut Work<'_, '_>, messages: &[Message]) -> Result<Self, WorkError> {
        let mut loaded = Self::default();
        let ids = distinct(messages.iter().filter_map(|message| message.client_id));
        if !ids.is_empty() {
            loaded.clients = clients::get_many(work.tx, work.agency, &ids)?
                .into_iter()
                .map(|client| (client.id, client))
                .collect();
        }
        let ids = distinct(messages.iter().filter_map(|message| message.staff_id));
        if !ids.is_empty() {
            let people = staff::get_many(work.tx, work.agency, &ids)?;
            loaded.staff = people
                .into_iter()
                .map(|person| (person.id, person))
                .collect();
        }
        let sealer = work.tx.sealer();
        let number = |client: &Client| Some(PhoneIndex::of(sealer, client.phone.as_deref()?));
        let clients = loaded.clients.values();
        loaded.numbers = clients
            .filter_map(|client| Some((client.id, number(client)?)))
            .collect();
        Ok(loaded)
    }

    /// The receipts of a message that nobody signed, and whose vendors have yet to say something.
    pub fn open_checks(&self, message: MessageId) -> impl Iterator<Item = &Open> {
        let all = self.open_checks.iter();
        all.filter(move |open| open.message_id == message)
    }

    /// When a delivery on file was looked into once more (UTC), which is a job of its own: until then
    /// nobody else is given the message.
    pub fn said_to_have_arrived(
        &self,
        message: MessageId,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let mut open = self.open_checks(message);
        let arrived = open.find(|open| open.posted == MessageStatus::Delivered)?;
        Some(arrived.next_ask_at.max(now) + TimeDelta::minutes(1))
    }

    /// Everything that sending needs.
    pub fn of(
        work: &mut Work<'_, '_>,
        providers: &Providers,
        messages: &[Message],
    ) -> Result<Self, WorkError> {
        let mut loaded = Self::of_cases(work, messages)?;
        let agency = work.agency;
        let ids = distinct(messages.iter().filter_map(|message| message.client_id));
        if !ids.is_empty() {
            let people = clients::get_many(work.tx, agency, &ids)?;
            let phones = distinct(people.iter().filter_map(|client| client.phone.clone()));
            loaded.shared_phones = clients::shared_phones(work.tx, agency, &phones)?
                .into_iter()
                .collect();
            loaded.clients = people
                .into_iter()
                .map(|client| (client.id, client))
                .collect();
        }
        loaded.tries = tries(work, messages)?;
        loaded.open_checks = open_checks(work, messages)?;
        if providers.count_numbers() {
            loaded.recent = recent::load(work, messages, &loaded.shared_phones)?;
        }
        loaded.paused = sending_pauses::gateways(work.tx, agency)?;
        if providers.file_texts() {
            loaded.filed = filed::load(work)?;
        }
        loaded.bound = bound::load(work, providers, &ids)?;
        let ids = distinct(messages.iter().map(|message| message.office_id));
        for office in offices::get_many(work.tx, agency, &ids)? {
            let zone = rules::zone(&office)?;
            loaded.offices.insert(office.id, (office, zone));
        }
        let caseworkers = loaded.cases.values().map(|case| case.caseworker_id);
        let ids = distinct(
            messages
                .iter()
                .filter_map(|message| message.staff_id)
                .chain(caseworkers),
        );
        let people = staff::get_many(work.tx, agency, &ids)?;
        loaded.staff = people
            .into_iter()
            .map(|person| (person.id, person))
            .collect();
        for saved in templates::list(work.tx, agency)? {
            // A text that was fine when saved may not be under a longer list of words, or be from before a
            // reminder had to state the date; then the shipped one is used.
            if let Ok(template) = Template::parse(&saved.body, WordList::shipped())
                && template.says_enough(saved.kind)
            {
                loaded.templates.insert((saved.kind, saved.step), template);
            }
        }
        Ok(loaded)
    }
}

fn open_checks(work: &mut Work<'_, '_>, messages: &[Message]) -> Result<Vec<Open>, WorkError> {
    let ids = tried(messages);
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(receipt_checks::open_of(work.tx, work.agency, &ids)?)
}

fn tried(messages: &[Message]) -> Vec<MessageId> {
    let tried = messages.iter().filter(|message| message.attempt_count > 0);
    tried.map(|message| message.id).collect()
}

/// Asks nothing where no message was tried before.
pub(super) fn tries(
    work: &mut Work<'_, '_>,
    messages: &[Message],
) -> Result<HashMap<MessageId, Vec<Try>>, WorkError> {
    let tried = tried(messages);
    let mut of_messages: HashMap<MessageId, Vec<Try>> = HashMap::new();
    if !tried.is_empty() {
        for made in attempts::tries(work.tx, work.agency, &tried)? {
            of_messages.entry(made.message_id).or_default().push(made);
        }
    }
    Ok(of_messages)
}
