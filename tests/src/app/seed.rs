//! What is there before a test begins: an agency with two offices and staff of every role, and
//! another agency to which all of it is foreign.

use casework::{Work, WorkError, rules};
use chrono::{DateTime, Utc};
use domain::{AgencyId, OfficeId, Role, Sex, StaffId, area::AreaCode, staff_notice::StaffNotices};
use storage::{
    agencies::{self, Agency},
    offices::{self, Office},
    staff::{self, Staff},
};

/// The password of all seeded staff.
pub const PASSWORD: &str = "correct horse battery";

/// Where the office of the tests lies, and the foreign one: a district of a city.
const AREA: &str = "330102";
/// Where the other office lies: in another city.
const OTHER_AREA: &str = "330203";

/// The seeded objects.
#[derive(Debug, Clone)]
pub struct Seed {
    /// The agency.
    pub agency: AgencyId,
    /// The office of the tests.
    pub office: OfficeId,
    /// Another office of the same agency.
    pub other_office: OfficeId,
    /// Usernames, with who they are. In the office: `caseworker` and `colleague` (women),
    /// `supervisor` and a third caseworker, `covering` (men); in the other office: `other.caseworker`, `other.supervisor`; for the
    /// agency: `agency_admin`, `security_admin`, `auditor`; for the city of the office
    /// `area.supervisor`, for that of the other office `other.area.supervisor`.
    pub staff: Vec<(String, StaffId)>,
    /// The other agency.
    pub foreign: Foreign,
}

/// Another agency, its office, and its staff `foreign.caseworker`, `foreign.supervisor`,
/// `foreign.agency_admin`.
#[derive(Debug, Clone, Copy)]
pub struct Foreign {
    /// The agency.
    pub agency: AgencyId,
    /// Its office.
    pub office: OfficeId,
}

impl Seed {
    /// The username of the office's, or else the agency's, staff member with a role.
    pub fn username(&self, role: Role) -> String {
        role.as_str().to_owned()
    }

    /// Who a username is.
    ///
    /// # Panics
    /// When nobody has it.
    pub fn staff(&self, username: &str) -> StaffId {
        self.staff
            .iter()
            .find(|(name, _)| name == username)
            .unwrap()
            .1
    }
}

/// Plants everything. `password_hash` is that of [`PASSWORD`].
pub(super) fn plant(work: &mut Work<'_, '_>, password_hash: &str) -> Result<Seed, WorkError> {
    let agency = an_agency(work, "东山县", work.agency)?;
    let office = an_office(work, agency, "城东服务站", AREA)?;
    let other_office = an_office(work, agency, "城西服务站", OTHER_AREA)?;
    let people = [
        ("caseworker", Role::Caseworker, Some(office), Sex::Female),
        ("colleague", Role::Caseworker, Some(office), Sex::Female),
        ("supervisor", Role::Supervisor, Some(office), Sex::Male),
        (
            "other.caseworker",
            Role::Caseworker,
            Some(other_office),
            Sex::Female,
        ),
        (
            "other.supervisor",
            Role::Supervisor,
            Some(other_office),
            Sex::Male,
        ),
        ("agency_admin", Role::AgencyAdmin, None, Sex::Female),
        ("security_admin", Role::SecurityAdmin, None, Sex::Male),
        ("auditor", Role::Auditor, None, Sex::Female),
        ("covering", Role::Caseworker, Some(office), Sex::Male),
        ("area.supervisor", Role::Supervisor, None, Sex::Female),
        ("other.area.supervisor", Role::Supervisor, None, Sex::Male),
    ];
    let mut staff = Vec::new();
    for person in people {
        staff.push((
            person.0.to_owned(),
            a_person(work, agency, person, password_hash)?,
        ));
    }
    rules::publish_shipped(work)?;

    let foreign_agency = work.ids.next();
    an_agency(work, "西山县", foreign_agency)?;
    let foreign_office = an_office(work, foreign_agency, "山下服务站", AREA)?;
    for person in [
        (
            "foreign.caseworker",
            Role::Caseworker,
            Some(foreign_office),
            Sex::Female,
        ),
        (
            "foreign.supervisor",
            Role::Supervisor,
            Some(foreign_office),
            Sex::Male,
        ),
        ("foreign.agency_admin", Role::AgencyAdmin, None, Sex::Female),
    ] {
        staff.push((
            person.0.to_owned(),
            a_person(work, foreign_agency, person, password_hash)?,
        ));
    }
    let home = std::mem::replace(&mut work.agency, foreign_agency);
    rules::publish_shipped(work)?;
    work.agency = home;

    let foreign = Foreign {
        agency: foreign_agency,
        office: foreign_office,
    };
    Ok(Seed {
        agency,
        office,
        other_office,
        staff,
        foreign,
    })
}

fn an_agency(work: &mut Work<'_, '_>, name: &str, id: AgencyId) -> Result<AgencyId, WorkError> {
    agencies::insert(
        work.tx,
        &Agency {
            id,
            name: name.to_owned(),
            created_at: work.now,
        },
    )?;
    Ok(id)
}

fn an_office(
    work: &mut Work<'_, '_>,
    agency: AgencyId,
    name: &str,
    area_code: &str,
) -> Result<OfficeId, WorkError> {
    let office = Office {
        agency_id: agency,
        id: work.ids.next(),
        name: name.to_owned(),
        area_code: area_code.to_owned(),
        phone: "0571-88880000".to_owned(),
        message_signature: name.to_owned(),
        timezone: "Asia/Shanghai".to_owned(),
        last_digest_on: None,
        visits_until: "17:00".to_owned(),
        version: 1,
        created_at: work.now,
        updated_at: work.now,
    };
    offices::insert(work.tx, &office)?;
    Ok(office.id)
}

/// The area that a seeded supervisor without an office answers for.
fn area_of(username: &str) -> Option<&'static str> {
    match username {
        "area.supervisor" => Some("330100"),
        "other.area.supervisor" => Some("330200"),
        _ => None,
    }
}

fn a_person(
    work: &mut Work<'_, '_>,
    agency: AgencyId,
    (username, role, office_id, sex): (&str, Role, Option<OfficeId>, Sex),
    password_hash: &str,
) -> Result<StaffId, WorkError> {
    let now: DateTime<Utc> = work.now;
    let person = Staff {
        agency_id: agency,
        id: work.ids.next(),
        office_id,
        username: username.to_owned(),
        password_hash: password_hash.to_owned(),
        display_name: "李老师".to_owned(),
        role,
        sex: Some(sex),
        phone: Some("13800138000".to_owned()),
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
        area_code: area_of(username).map(|code| AreaCode::parse(code).unwrap()),
        notices: StaffNotices::Text,
    };
    staff::insert(work.tx, &person)?;
    Ok(person.id)
}
