//! Offices.

use casework::Work;
use chrono::NaiveTime;
use domain::{
    OfficeId, Refusal, RefusalCode,
    area::AreaCode,
    contact::OfficePhone,
    local_time::Tz,
    page::{Limit, ListScope},
    template::time_text,
    wording::{self, WordList},
};
use storage::offices::{self, Office};

use crate::{
    extract::page::{self, Page, PageQuery},
    failure::Failure,
    services::{faults::Faults, version},
    views::offices::{CreateOffice, OfficeView, UpdateOffice},
};

/// Reads a text as it is to be stored.
type Read = fn(&str) -> Result<String, Refusal>;

const LIST: ListScope<'static> = ListScope {
    list: "list_offices",
    filters: &[],
};

/// Opens an office in the caller's agency.
///
/// # Errors
/// `invalid_value`, `invalid_phone` or `wording_refused` at the field.
pub fn create(work: &mut Work<'_, '_>, asked: &CreateOffice) -> Result<Office, Failure> {
    let mut faults = Faults::default();
    let zone = asked.timezone.as_deref().unwrap_or("Asia/Shanghai");
    let until = asked.visits_until.as_deref().unwrap_or("17:00");
    let (
        Some(name),
        Some(area_code),
        Some(phone),
        Some(message_signature),
        Some(timezone),
        Some(visits_until),
    ) = (
        faults.note(name(&asked.name))?,
        faults.note(area_code(&asked.area_code))?,
        faults.note(phone(&asked.phone))?,
        faults.note(signature(&asked.message_signature))?,
        faults.note(timezone(zone))?,
        faults.note(visits_until(until))?,
    )
    else {
        return Err(faults.into());
    };
    let office = Office {
        agency_id: work.agency,
        id: work.ids.next(),
        name,
        area_code,
        phone,
        message_signature,
        timezone,
        last_digest_on: None,
        visits_until,
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

/// Whether an office lies in an area; one that does not exist lies nowhere.
pub(in crate::services) fn is_in(
    work: &mut Work<'_, '_>,
    id: OfficeId,
    area: AreaCode,
) -> Result<bool, Failure> {
    let office = offices::get(work.tx, work.agency, id)?;
    let code = office.and_then(|office| AreaCode::parse(&office.area_code).ok());
    Ok(code.is_some_and(|code| code.is_within(area)))
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
    let mut faults = Faults::default();
    let texts: [(&mut String, _, _, Read); 5] = [
        (&mut office.name, &asked.name, "/name", name),
        (
            &mut office.area_code,
            &asked.area_code,
            "/area_code",
            area_code,
        ),
        (&mut office.phone, &asked.phone, "/phone", phone),
        (
            &mut office.message_signature,
            &asked.message_signature,
            "/message_signature",
            signature,
        ),
        (
            &mut office.visits_until,
            &asked.visits_until,
            "/visits_until",
            visits_until,
        ),
    ];
    for (place, field, pointer, read) in texts {
        faults.change(place, field.not_null(pointer), |text| read(text))?;
    }
    faults.none()?;
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
    Ok(AreaCode::parse(text)?.to_string())
}

fn phone(text: &str) -> Result<String, Refusal> {
    Ok(OfficePhone::parse(text)?.as_str().to_owned())
}

fn signature(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    wording::check_signature(text, WordList::shipped())?;
    Ok(text.to_owned())
}

/// A time of day as `HH:MM`, the way texts show it.
fn visits_until(text: &str) -> Result<String, Refusal> {
    NaiveTime::parse_from_str(text, "%H:%M")
        .ok()
        .map(time_text)
        .filter(|shown| shown == text)
        .ok_or_else(|| invalid("/visits_until", "a local time as HH:MM, such as 17:00"))
}

fn timezone(text: &str) -> Result<String, Refusal> {
    text.parse::<Tz>()
        .map(|zone| zone.name().to_owned())
        .map_err(|_unknown| invalid("/timezone", "not an IANA time zone, such as Asia/Shanghai"))
}

fn invalid(pointer: &str, detail: &str) -> Refusal {
    Refusal::at(RefusalCode::InvalidValue, pointer, detail)
}
