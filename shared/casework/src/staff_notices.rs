//! What staff are told of by the channel each of them chose: who is told, and what cannot wait for
//! the morning.
//!
//! Told at any hour: an escalation that was opened, and a client's call for help that cannot wait. A
//! notice names nobody and nothing; who gets it looks into the app, where the task is.

use chrono::{DateTime, Utc};
use domain::{
    Channel, MessageKind, MessageStatus, OfficeId, Role, StaffChannel, StaffId,
    area::AreaCode,
    staff_notice::{ALERT_LASTS, StaffNotices, off_the_mark},
};
use storage::{
    covers,
    escalations::Escalation,
    messages::{self, Message},
    offices::Office,
    staff::{self, Staff},
    tasks::Task,
};
use uuid::Uuid;

use crate::{
    rules,
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
    alert.tell(work, file.office_id, Some(file.caseworker_id))
}

/// Tells the caseworker and the heads of the office that a client asks for help that cannot wait.
pub fn of_emergency(work: &mut Work<'_, '_>, task: &Task) -> Result<(), WorkError> {
    let alert = Alert {
        step: "emergency",
        about: task.id.uuid(),
        can_wait_minutes: false,
    };
    alert.tell(work, task.office_id, task.assignee_id)
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
struct Alert {
    step: &'static str,
    /// What it is about: each person is told of it once.
    about: Uuid,
    /// Whether some minutes do not matter.
    can_wait_minutes: bool,
}

impl Alert {
    fn tell(
        &self,
        work: &mut Work<'_, '_>,
        office: OfficeId,
        responsible: Option<StaffId>,
    ) -> Result<(), WorkError> {
        let office = rules::office(work, office)?;
        let mut planned = Vec::new();
        for person in recipients(work, &office, responsible)? {
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
            planned.push(notice.to(work, &person));
        }
        messages::insert_once(work.tx, &planned)?;
        Ok(())
    }
}

/// Who is told: the person responsible, the heads of the office (those of its area where it has none
/// of its own), and whoever covers for one of them now; never whoever did it.
fn recipients(
    work: &mut Work<'_, '_>,
    office: &Office,
    responsible: Option<StaffId>,
) -> Result<Vec<Staff>, WorkError> {
    let all = staff::with_role(work.tx, work.agency, &[Role::Supervisor])?;
    let area = AreaCode::parse(&office.area_code).ok();
    let of_area = |head: &&Staff| {
        let within = area.zip(head.area_code);
        within.is_some_and(|(area, all)| area.is_within(all))
    };
    let mut ids: Vec<StaffId> = all
        .iter()
        .filter(|head| head.office_id == Some(office.id))
        .map(|head| head.id)
        .collect();
    if ids.is_empty() {
        ids.extend(all.iter().filter(of_area).map(|head| head.id));
    }
    ids.extend(responsible);
    ids.extend(covers::covering_for(work.tx, work.agency, &ids, work.now)?);
    ids.sort_unstable();
    ids.dedup();
    ids.retain(|id| work.actor.staff_id() != Some(*id));
    let people = staff::get_many(work.tx, work.agency, &ids)?;
    Ok(people.into_iter().filter(is_told).collect())
}
