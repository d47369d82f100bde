//! What a batch of messages is about, loaded by ids in a handful of queries.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use casework::{Work, WorkError, rules};
use domain::{
    AppointmentId, CaseId, ClientId, MessageId, MessageKind, OfficeId, StaffId,
    consent::{self, ConsentPurpose},
    local_time::Tz,
    rule_pack::RulePack,
    template::Template,
    wording::WordList,
};
use storage::{
    appointments, cases,
    clients::{self, Client},
    consents,
    messages::Message,
    offices::{self, Office},
    staff::{self, Staff},
    templates,
};

/// What messages are about.
#[derive(Default)]
pub(in crate::jobs) struct Surroundings {
    pub appointments: HashMap<AppointmentId, appointments::Standing>,
    pub cases: HashMap<CaseId, cases::Standing>,
    pub packs: HashMap<CaseId, Arc<RulePack>>,
    pub clients: HashMap<ClientId, Client>,
    pub offices: HashMap<OfficeId, (Office, Tz)>,
    pub staff: HashMap<StaffId, Staff>,
    /// Numbers that belong to more than one client.
    pub shared_phones: HashSet<String>,
    /// Messages whose channel needs a consent that is not in force.
    pub withheld: HashSet<MessageId>,
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
    pub fn of_cases(work: &mut Work<'_, '_>, messages: &[Message]) -> Result<Self, WorkError> {
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

    /// Everything that sending needs.
    pub fn of(work: &mut Work<'_, '_>, messages: &[Message]) -> Result<Self, WorkError> {
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
        loaded.withheld = without_consent(work, messages)?;
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
            // A text that was fine when saved may not be under a longer list of words; then the
            // shipped one is used.
            if let Ok(template) = Template::parse(&saved.body, WordList::shipped()) {
                loaded.templates.insert((saved.kind, saved.step), template);
            }
        }
        Ok(loaded)
    }
}

/// The messages whose channel needs a consent that their client has not in force. Asks nothing where
/// no channel needs one.
fn without_consent(
    work: &mut Work<'_, '_>,
    messages: &[Message],
) -> Result<HashSet<MessageId>, WorkError> {
    let mut withheld = HashSet::new();
    for &purpose in ConsentPurpose::ALL {
        let asked: Vec<(MessageId, ClientId)> = messages
            .iter()
            .filter(|message| consent::needed_for(message.channel) == Some(purpose))
            .filter_map(|message| Some((message.id, message.client_id?)))
            .collect();
        if asked.is_empty() {
            continue;
        }
        let clients = distinct(asked.iter().map(|(_, client)| *client));
        let given = consents::in_force(work.tx, work.agency, &clients, purpose)?;
        let not_given = asked
            .into_iter()
            .filter(|(_, client)| !given.contains(client));
        withheld.extend(not_given.map(|(message, _)| message));
    }
    Ok(withheld)
}
