//! Offices and who works there.

use casework::{Work, WorkError};
use domain::{OfficeId, Role, Sex, StaffId};
use storage::{
    offices::{self, Office},
    staff::{self, Staff},
};

use crate::data;

#[derive(Default)]
pub(super) struct Team {
    offices: Vec<OfficeId>,
    caseworkers: Vec<StaffId>,
}

impl Team {
    pub fn insert(work: &mut Work<'_, '_>, clients: usize, hash: &str) -> Result<Self, WorkError> {
        let mut team = Self::default();
        for number in 0..clients.div_ceil(data::PER_OFFICE) {
            let office = office(work, number);
            offices::insert(work.tx, &office)?;
            for (role, name) in [
                (Role::Supervisor, "supervisor"),
                (Role::AgencyAdmin, "admin"),
            ] {
                let username = format!("{name}-{number}");
                let person = person(work, office.id, username, role, number, hash);
                staff::insert(work.tx, &person)?;
            }
            for of_office in 0..data::PER_OFFICE / data::CASELOAD {
                let caseworker = number * (data::PER_OFFICE / data::CASELOAD) + of_office;
                let username = data::username(caseworker);
                let person = person(
                    work,
                    office.id,
                    username,
                    Role::Caseworker,
                    caseworker,
                    hash,
                );
                staff::insert(work.tx, &person)?;
                team.caseworkers.push(person.id);
            }
            team.offices.push(office.id);
        }
        Ok(team)
    }

    pub fn of(&self, client: usize) -> Result<(OfficeId, StaffId), WorkError> {
        let office = self.offices.get(client / data::PER_OFFICE);
        let caseworker = self.caseworkers.get(client / data::CASELOAD);
        office
            .copied()
            .zip(caseworker.copied())
            .ok_or_else(|| WorkError::corrupt("team too small"))
    }
}

fn office(work: &mut Work<'_, '_>, number: usize) -> Office {
    Office {
        agency_id: work.agency,
        id: work.ids.next(),
        name: format!("第{number}服务站"),
        area_code: "330102".to_owned(),
        phone: "0571-88880000".to_owned(),
        message_signature: "城东服务站".to_owned(),
        timezone: "Asia/Shanghai".to_owned(),
        last_digest_on: None,
        visits_until: "17:00".to_owned(),
        version: 1,
        created_at: work.now,
        updated_at: work.now,
    }
}

fn person(
    work: &mut Work<'_, '_>,
    office: OfficeId,
    username: String,
    role: Role,
    number: usize,
    hash: &str,
) -> Staff {
    Staff {
        agency_id: work.agency,
        id: work.ids.next(),
        office_id: (role != Role::AgencyAdmin).then_some(office),
        username,
        password_hash: hash.to_owned(),
        display_name: "李明".to_owned(),
        role,
        sex: Some(if number.is_multiple_of(2) {
            Sex::Female
        } else {
            Sex::Male
        }),
        phone: Some("13700137000".to_owned()),
        active: true,
        version: 1,
        created_at: work.now,
        updated_at: work.now,
        area_code: None,
        notices: domain::staff_notice::StaffNotices::Text,
    }
}
