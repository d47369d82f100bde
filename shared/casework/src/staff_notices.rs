//! What staff are told of by the channel each of them chose: who is told, and what cannot wait for
//! the morning.
//!
//! Told at any hour: an escalation that was opened, a client's call for help that cannot wait, and that
//! the messages of the month run out. A
//! notice names nobody and nothing; who gets it looks into the app, where the task is.

use chrono::{DateTime, Utc};
use domain::{
    Channel, MessageKind, MessageStatus, OfficeId, Role, StaffChannel, StaffId, TaskId,
    staff_notice::{ALERT_LASTS, EMERGENCY, StaffNotices, off_the_mark},
};
use storage::{
    covers,
    escalations::Escalation,
    messages::{self, Message},
    offices::Office,
    staff::{self, Staff},
};
use uuid::Uuid;

use crate::{
    heads, rules,
    work::{Work, WorkError},
};

/// The least there is: a cover is in force at an instant if it is until right after it.
const AN_INSTANT: chrono::TimeDelta = chrono::TimeDelta::microseconds(1);

/// Tells the caseworker and the heads of the office that an escalation was opened.
pub(crate) fn of_escalation(work: &mut Work<'_, '_>, file: &Escalation) -> Result<(), WorkError> {
    let alert = Alert {
        step: "escalation",
        about: file.id.uuid(),
        can_wait_minutes: true,
    };
    let office = rules::office(work, file.office_id)?;
    let people = recipients(work, &office, Some(file.caseworker_id))?;
    alert.tell(work, &office, &people)?;
    Ok(())
}

/// Tells the heads of an office that its messages of the month run out.
pub(crate) fn of_budget(
    work: &mut Work<'_, '_>,
    office: &Office,
    task: TaskId,
) -> Result<(), WorkError> {
    let alert = Alert {
        step: "message_budget",
        about: task.uuid(),
        can_wait_minutes: true,
    };
    let people = recipients(work, office, None)?;
    alert.tell(work, office, &people)?;
    Ok(())
}

/// Whom a person covers for now. The person is not among them.
pub(crate) fn covered_by(
    work: &mut Work<'_, '_>,
    person: StaffId,
) -> Result<Vec<StaffId>, WorkError> {
    let (from, until) = (work.now, work.now + AN_INSTANT);
    Ok(covers::covered_by(
        work.tx,
        work.agency,
        person,
        from,
        until,
    )?)
}

/// Whether notices lead to somebody: the account is open, and the channel chosen leads somewhere.
pub(crate) fn is_told(person: &Staff) -> bool {
    let leads = match &person.notices {
        StaffNotices::Text => person.phone.is_some(),
        StaffNotices::Wecom(_) | StaffNotices::Email(_) => true,
        StaffNotices::Nowhere => false,
    };
    person.active && leads && matches!(person.role, Role::Caseworker | Role::Supervisor)
}

/// How a message to somebody is meant to travel; `text` for whoever wants text messages. The choice
/// is made again when it is sent.
pub(crate) const fn channel(notices: &StaffNotices, text: Channel) -> Channel {
    match notices.channel() {
        StaffChannel::Wecom => Channel::Wecom,
        StaffChannel::Email => Channel::Email,
        StaffChannel::Text | StaffChannel::None => text,
    }
}

/// A message to a member of staff, to be planned.
#[derive(Debug)]
pub(crate) struct Notice {
    /// What it is about.
    pub kind: MessageKind,
    /// Its text.
    pub step: &'static str,
    /// One message per key.
    pub dedupe_key: String,
    /// Whose office's signature it has.
    pub office: OfficeId,
    /// How it is meant to travel.
    pub channel: Channel,
    /// When it goes out (UTC).
    pub planned_for: DateTime<Utc>,
    /// From then on it does not (UTC).
    pub not_after: DateTime<Utc>,
}

impl Notice {
    /// The message to a person.
    pub fn to(self, work: &mut Work<'_, '_>, person: &Staff) -> Message {
        Message {
            agency_id: work.agency,
            id: work.ids.next(),
            office_id: self.office,
            client_id: None,
            staff_id: Some(person.id),
            case_id: None,
            appointment_id: None,
            dedupe_key: self.dedupe_key,
            kind: self.kind,
            step: self.step.to_owned(),
            channel: self.channel,
            status: MessageStatus::Scheduled,
            planned_for: self.planned_for,
            not_after: self.not_after,
            shifted_from: None,
            shift_reason: None,
            hop_cause: None,
            next_action_at: Some(self.planned_for.max(work.now)),
            attempt_count: 0,
            fence: 0,
            status_reason: None,
            final_at: None,
            version: 1,
            created_at: work.now,
            updated_at: work.now,
        }
    }
}

/// Something that does not wait for the morning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alert {
    step: &'static str,
    /// What it is about: each person is told of it once.
    about: Uuid,
    /// Whether some minutes do not matter.
    can_wait_minutes: bool,
}

impl Alert {
    /// That somebody asks for help that cannot wait.
    pub const fn emergency(about: Uuid) -> Self {
        Self {
            step: EMERGENCY,
            about,
            can_wait_minutes: false,
        }
    }

    /// Tells people; answers how many of them had not been told.
    pub fn tell(
        &self,
        work: &mut Work<'_, '_>,
        office: &Office,
        people: &[Staff],
    ) -> Result<usize, WorkError> {
        let mut planned = Vec::new();
        for person in people {
            let spread = if self.can_wait_minutes {
                person.notices.channel()
            } else {
                StaffChannel::None
            };
            let notice = Notice {
                kind: MessageKind::StaffAlert,
                step: self.step,
                dedupe_key: format!("{}:{}:{}", self.step, self.about, person.id),
                office: office.id,
                channel: channel(&person.notices, Channel::Sms),
                planned_for: off_the_mark(spread, work.now, person.id.uuid().as_u128()),
                not_after: work.now + ALERT_LASTS,
            };
            planned.push(notice.to(work, person));
        }
        Ok(messages::insert_once(work.tx, &planned)?)
    }
}

/// Who is told: the person responsible, the heads of the office (those of its area where it has none
/// of its own), and whoever covers for one of them now; never whoever did it.
pub(crate) fn recipients(
    work: &mut Work<'_, '_>,
    office: &Office,
    responsible: Option<StaffId>,
) -> Result<Vec<Staff>, WorkError> {
    let all = heads::all(work)?;
    let heads = heads::of_office(&all, office).into_iter();
    let mut ids: Vec<StaffId> = heads.map(|head| head.id).collect();
    ids.extend(responsible);
    ids.extend(covers::covering_for(work.tx, work.agency, &ids, work.now)?);
    ids.sort_unstable();
    ids.dedup();
    ids.retain(|id| work.actor.staff_id() != Some(*id));
    let people = staff::get_many(work.tx, work.agency, &ids)?;
    Ok(people.into_iter().filter(is_told).collect())
}
