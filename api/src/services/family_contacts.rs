//! Members of a client's family who may be told something.

use casework::{Work, consents, rules};
use domain::{
    ClientId, FamilyContactId, Refusal, RefusalCode, StaffId,
    consent::ConsentPurpose,
    contact::{Phone, client_name},
    family_contact::check_end,
    freezing::may_change,
    page::ListScope,
};
use storage::{
    Scope,
    family_contacts::{self, FamilyContact},
};

use crate::{
    extract::page::{self, Page, PageQuery},
    failure::Failure,
    services::{clients, version},
    views::family_contacts::{AddFamilyContact, FamilyContactItem},
};

/// A page of the contacts of a client within the caller's reach, those that ended included.
pub fn list(
    work: &mut Work<'_, '_>,
    scope: Scope,
    client: ClientId,
    asked: &PageQuery,
) -> Result<Page<FamilyContactItem>, Failure> {
    let client = clients::get(work, scope, client)?.id;
    let of = client.to_string();
    let list = ListScope {
        list: "list_family_contacts",
        filters: &[("client", &of)],
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &list)?;
    let after = after.map(|cursor| FamilyContactId::from_uuid(cursor.id));
    let rows = family_contacts::list(work.tx, work.agency, client, after, limit.rows_to_fetch())?;
    let key = |contact: &FamilyContact| (Vec::new(), contact.id.uuid());
    Ok(Page::cut(rows, limit, &list, key, FamilyContactItem::from))
}

/// One contact of a client within the caller's reach.
pub fn get(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: FamilyContactId,
) -> Result<FamilyContact, Failure> {
    family_contacts::get(work.tx, work.agency, scope, id)?
        .ok_or_else(|| Failure::not_found("family contact"))
}

/// Enters a contact, with the client's consent in force.
///
/// # Errors
/// `case_frozen`, `consent_not_in_force`, `invalid_phone`, `invalid_value`.
pub fn add(
    work: &mut Work<'_, '_>,
    scope: Scope,
    client: ClientId,
    asked: &AddFamilyContact,
    by: StaffId,
) -> Result<FamilyContact, Failure> {
    let client = clients::get(work, scope, client)?;
    may_change(client.frozen_from)?;
    let office = rules::office(work, client.office_id)?;
    check_end(asked.ends_on, rules::today(work, &office)?)?;
    let (name, phone) = (client_name(&asked.name)?, Phone::parse(&asked.phone)?);
    let purpose = ConsentPurpose::FamilyContact;
    if !consents::in_force(work, client.id, purpose)? {
        return Err(consents::not_in_force(purpose).into());
    }
    let contact = FamilyContact {
        agency_id: work.agency,
        id: work.ids.next(),
        client_id: client.id,
        name,
        phone: phone.as_str().to_owned(),
        relation: asked.relation,
        scope: asked.scope,
        ends_on: asked.ends_on,
        ended_at: None,
        ended_reason: None,
        created_by: by,
        created_at: work.now,
        version: 1,
    };
    family_contacts::insert(work.tx, &contact)?;
    Ok(contact)
}

/// Ends a contact before its last day.
///
/// # Errors
/// `conflict` when it ended before, `stale_version`.
pub fn end(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: FamilyContactId,
    expected: Option<i64>,
) -> Result<FamilyContact, Failure> {
    let mut contact = get(work, scope, id)?;
    version::check(contact.version, expected)?;
    if contact.ended_at.is_some() {
        let detail = "the contact has ended before";
        return Err(Refusal::new(RefusalCode::Conflict, detail).into());
    }
    let (reason, read) = ("ended_by_staff", contact.version);
    version::saved(family_contacts::end(
        work.tx,
        work.agency,
        id,
        read,
        work.now,
        reason,
    )?)?;
    contact.ended_at = Some(work.now);
    contact.ended_reason = Some(reason.to_owned());
    contact.version = read + 1;
    Ok(contact)
}
