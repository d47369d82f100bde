//! Offices.

use casework::Work;
use domain::{
    OfficeId, Refusal, RefusalCode,
    contact::OfficePhone,
    local_time::Tz,
    page::{Limit, ListScope},
    wording::{self, WordList},
};
use storage::offices::{self, Office};

use crate::{
    extract::page::{self, Page, PageQuery},
    failure::Failure,
    services::version,
    views::offices::{CreateOffice, OfficeView, UpdateOffice},
};

const LIST: ListScope<'static> = ListScope {
    list: "list_offices",
    filters: &[],
};

/// Opens an office in the caller's agency.
///
/// # Errors
/// `invalid_value`, `invalid_phone` or `wording_refused` at the field.
pub fn create(work: &mut Work<'_, '_>, asked: &CreateOffice) -> Result<Office, Failure> {
    let office = Office {
        agency_id: work.agency,
        id: work.ids.next(),
        name: name(&asked.name)?,
        area_code: area_code(&asked.area_code)?,
        phone: phone(&asked.phone)?,
        message_signature: signature(&asked.message_signature)?,
        timezone: timezone(asked.timezone.as_deref().unwrap_or("Asia/Shanghai"))?,
        last_digest_on: None,
        version: 1,
        created_at: work.now,
        updated_at: work.now,
    };
    offices::insert(work.tx, &office)?;
    Ok(office)
}

/// One office of the agency.
///
/// # Errors
/// `not_found`.
pub fn get(work: &mut Work<'_, '_>, id: OfficeId) -> Result<Office, Failure> {
    offices::get(work.tx, work.agency, id)?.ok_or_else(|| Failure::not_found("office"))
}

/// Changes an office. Its time zone stays: the dates of its cases are local to it.
///
/// # Errors
/// `not_found`, `stale_version`, or as [`create`].
pub fn update(
    work: &mut Work<'_, '_>,
    id: OfficeId,
    asked: &UpdateOffice,
    expected: Option<i64>,
) -> Result<Office, Failure> {
    let mut office = get(work, id)?;
    version::check(office.version, expected)?;
    if let Some(text) = asked.name.not_null("/name")? {
        office.name = name(text)?;
    }
    if let Some(text) = asked.area_code.not_null("/area_code")? {
        office.area_code = area_code(text)?;
    }
    if let Some(text) = asked.phone.not_null("/phone")? {
        office.phone = phone(text)?;
    }
    if let Some(text) = asked.message_signature.not_null("/message_signature")? {
        office.message_signature = signature(text)?;
    }
    office.updated_at = work.now;
    let stored = office.version;
    version::saved(offices::save(work.tx, &office, stored)?)?;
    office.version = stored + 1;
    Ok(office)
}

/// A page of the agency's offices, in the order they were opened.
pub fn list(work: &mut Work<'_, '_>, asked: &PageQuery) -> Result<Page<OfficeView>, Failure> {
    let limit: Limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &LIST)?;
    let after = after.map(|cursor| OfficeId::from_uuid(cursor.id));
    let rows = offices::list(work.tx, work.agency, None, after, limit.rows_to_fetch())?;
    let key = |office: &Office| (Vec::new(), office.id.uuid());
    Ok(Page::cut(rows, limit, &LIST, key, OfficeView::from))
}

fn name(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if (1..=60).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(invalid(
        "/name",
        "an office's name has 1 to 60 characters and no line breaks",
    ))
}

fn area_code(text: &str) -> Result<String, Refusal> {
    if matches!(text.len(), 6 | 9 | 12) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err(invalid(
        "/area_code",
        "an area code has 6, 9 or 12 digits (GB/T 2260, GB/T 10114)",
    ))
}

fn phone(text: &str) -> Result<String, Refusal> {
    Ok(OfficePhone::parse(text)?.as_str().to_owned())
}

fn signature(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    wording::check_signature(text, WordList::shipped())?;
    Ok(text.to_owned())
}

fn timezone(text: &str) -> Result<String, Refusal> {
    text.parse::<Tz>()
        .map(|zone| zone.name().to_owned())
        .map_err(|_unknown| invalid("/timezone", "not an IANA time zone, such as Asia/Shanghai"))
}

fn invalid(pointer: &str, detail: &str) -> Refusal {
    Refusal::at(RefusalCode::InvalidValue, pointer, detail)
}
