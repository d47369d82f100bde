//! Staff members of an agency and the names they sign in with.

use std::fmt;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    AgencyId, OfficeId, Role, Sex, StaffChannel, StaffId, area::AreaCode,
    staff_notice::StaffNotices,
};

use crate::{
    error::StorageError,
    page::page,
    schema::{logins, staff},
    sealed::{Place, Sealer},
    store::Tx,
    types::{bind, record},
    with_conn,
};

const PHONE: &str = "staff.phone";
const NOTICE_ADDRESS: &str = "staff.notice_address";

/// A person with an account.
#[derive(Clone)]
pub struct Staff {
    /// The tenant.
    pub agency_id: AgencyId,
    /// Made by the caller.
    pub id: StaffId,
    /// `None`: the agency as a whole.
    pub office_id: Option<OfficeId>,
    /// What they sign in with, unique over all agencies; never changes.
    pub username: String,
    /// Argon2id, PHC format.
    pub password_hash: String,
    /// Shown to colleagues and, in texts, to clients.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// Needed of collectors.
    pub sex: Option<Sex>,
    /// Kept sealed.
    pub phone: Option<String>,
    /// Whether they may sign in.
    pub active: bool,
    /// Counts saves, from 1.
    pub version: i64,
    /// UTC.
    pub created_at: DateTime<Utc>,
    /// UTC.
    pub updated_at: DateTime<Utc>,
    /// The area whose offices a supervisor without an office answers for.
    pub area_code: Option<AreaCode>,
    /// How they are told of their work. The address is kept sealed.
    pub notices: StaffNotices,
}

impl fmt::Debug for Staff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Staff")
            .field("id", &self.id)
            .field("role", &self.role)
            .field("active", &self.active)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

record! {
    struct StaffRow, StaffValues in staff {
        agency_id: AgencyId,
        id: StaffId,
        office_id: Option<OfficeId>,
        username: String,
        password_hash: String,
        display_name: String,
        role: Role,
        sex: Option<Sex>,
        phone_sealed: Option<Vec<u8>>,
        active: bool,
        version: i64,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
        area_code: Option<String>,
        notice_channel: StaffChannel,
        notice_address_sealed: Option<Vec<u8>>,
    }
}

impl StaffRow {
    fn seal(staff: &Staff, sealer: &Sealer) -> Result<Self, StorageError> {
        let phone_sealed = sealer.seal_opt(Place::new(PHONE, staff.id), staff.phone.as_deref())?;
        Ok(Self {
            agency_id: staff.agency_id,
            id: staff.id,
            office_id: staff.office_id,
            username: staff.username.clone(),
            password_hash: staff.password_hash.clone(),
            display_name: staff.display_name.clone(),
            role: staff.role,
            sex: staff.sex,
            phone_sealed,
            active: staff.active,
            version: staff.version,
            created_at: staff.created_at,
            updated_at: staff.updated_at,
            area_code: staff.area_code.map(String::from),
            notice_channel: staff.notices.channel(),
            notice_address_sealed: sealer.seal_opt(
                Place::new(NOTICE_ADDRESS, staff.id),
                staff.notices.address(),
            )?,
        })
    }

    fn open(self, sealer: &Sealer) -> Result<Staff, StorageError> {
        let area_code = self.area_code.as_deref().map(AreaCode::parse).transpose();
        let area_code = area_code.map_err(|refusal| StorageError::Corrupt(refusal.detail))?;
        let phone = sealer.open_opt(Place::new(PHONE, self.id), self.phone_sealed.as_deref())?;
        let place = Place::new(NOTICE_ADDRESS, self.id);
        let address = sealer.open_opt(place, self.notice_address_sealed.as_deref())?;
        let notices = StaffNotices::parse(self.notice_channel, address.as_deref());
        let notices = notices.map_err(|refusal| StorageError::Corrupt(refusal.detail))?;
        Ok(Staff {
            agency_id: self.agency_id,
            id: self.id,
            office_id: self.office_id,
            username: self.username,
            password_hash: self.password_hash,
            display_name: self.display_name,
            role: self.role,
            sex: self.sex,
            phone,
            active: self.active,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            area_code,
            notices,
        })
    }
}

/// Stores a new staff member and their login.
///
/// [`StorageError::Duplicate`] when the username is taken, in this agency or another.
pub fn insert(tx: &mut Tx<'_>, staff: &Staff) -> Result<(), StorageError> {
    let row = StaffRow::seal(staff, tx.sealer())?;
    // The login first: a taken username is then reported by the same constraint everywhere.
    with_conn!(tx, c => diesel::insert_into(logins::table)
        .values((
            logins::username.eq(&staff.username),
            logins::agency_id.eq(bind(staff.agency_id)),
            logins::staff_id.eq(bind(staff.id)),
        ))
        .execute(*c))?;
    with_conn!(tx, c => diesel::insert_into(staff::table).values(row.values()).execute(*c))?;
    Ok(())
}

/// Whose username this is. The one look-up that comes before the agency is known.
pub fn find_login(
    tx: &mut Tx<'_>,
    username: &str,
) -> Result<Option<(AgencyId, StaffId)>, StorageError> {
    Ok(with_conn!(tx, c => logins::table
        .filter(logins::username.eq(username))
        .select((logins::agency_id, logins::staff_id))
        .first(*c)
        .optional())?)
}

/// One staff member.
pub fn get(tx: &mut Tx<'_>, agency: AgencyId, id: StaffId) -> Result<Option<Staff>, StorageError> {
    let sealer = tx.sealer();
    with_conn!(tx, c => staff::table
        .filter(staff::agency_id.eq(bind(agency)))
        .filter(staff::id.eq(bind(id)))
        .select(StaffRow::as_select())
        .first(*c)
        .optional())?
    .map(|row| row.open(sealer))
    .transpose()
}

/// Those of `ids` that exist, in the order of their ids.
pub fn get_many(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    ids: &[StaffId],
) -> Result<Vec<Staff>, StorageError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sealer = tx.sealer();
    with_conn!(tx, c => staff::table
        .filter(staff::agency_id.eq(bind(agency)))
        .filter(staff::id.eq_any(ids.iter().copied().map(bind).collect::<Vec<_>>()))
        .order(staff::id)
        .select(StaffRow::as_select())
        .load(*c))?
    .into_iter()
    .map(|row| row.open(sealer))
    .collect()
}

/// Those with one of these roles whose accounts are not locked.
pub fn with_role(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    roles: &[Role],
) -> Result<Vec<Staff>, StorageError> {
    let sealer = tx.sealer();
    with_conn!(tx, c => staff::table
        .filter(staff::agency_id.eq(bind(agency)))
        .filter(staff::role.eq_any(roles.iter().map(bind).collect::<Vec<_>>()))
        .filter(staff::active.eq(true))
        .select(StaffRow::as_select())
        .load(*c))?
    .into_iter()
    .map(|row| row.open(sealer))
    .collect()
}

/// A page of the agency's staff in the order they were made, after `after`; `only` one office.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    only: Option<OfficeId>,
    after: Option<StaffId>,
    limit: i64,
) -> Result<Vec<Staff>, StorageError> {
    let sealer = tx.sealer();
    with_conn!(tx, c => {
        let mut query = staff::table
            .filter(staff::agency_id.eq(bind(agency)))
            .select(StaffRow::as_select())
            .into_boxed();
        if let Some(only) = only {
            query = query.filter(staff::office_id.eq(bind(Some(only))));
        }
        page!(query, staff, after, limit).load(*c)
    })?
    .into_iter()
    .map(|row| row.open(sealer))
    .collect()
}

/// Saves a changed staff member as version `expected_version + 1`, if it still is at
/// `expected_version`; answers whether it was. The username stays as it is, and so does the
/// password: [`crate::credentials::set_hash`] changes it under the same version.
pub fn save(tx: &mut Tx<'_>, changed: &Staff, expected_version: i64) -> Result<bool, StorageError> {
    let row = StaffRow::seal(changed, tx.sealer())?;
    let saved = with_conn!(tx, c => diesel::update(staff::table)
        .filter(staff::agency_id.eq(bind(row.agency_id)))
        .filter(staff::id.eq(bind(row.id)))
        .filter(staff::version.eq(expected_version))
        .set((
            staff::office_id.eq(bind(row.office_id)),
            staff::area_code.eq(&row.area_code),
            staff::display_name.eq(&row.display_name),
            staff::role.eq(bind(row.role)),
            staff::sex.eq(bind(row.sex)),
            staff::phone_sealed.eq(&row.phone_sealed),
            staff::notice_channel.eq(bind(row.notice_channel)),
            staff::notice_address_sealed.eq(&row.notice_address_sealed),
            staff::active.eq(row.active),
            staff::version.eq(expected_version + 1),
            staff::updated_at.eq(bind(row.updated_at)),
        ))
        .execute(*c))?;
    Ok(saved == 1)
}
