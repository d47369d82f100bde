use casework::{Work, consents};
use domain::{ClientId, Refusal, RefusalCode, consent::ConsentPurpose};
use storage::check_ins::{self, CheckIn};

use super::client;
use crate::{
    failure::Failure,
    services::text,
    views::me::{CreateMyCheckIn, Point},
};

/// Takes in a check-in. A place is taken only with consent, as the single point it is (PIPL art. 29;
/// never collected otherwise).
///
/// # Errors
/// `consent_not_in_force` at `/location`, `invalid_value`.
pub fn check_in(
    work: &mut Work<'_, '_>,
    id: ClientId,
    asked: &CreateMyCheckIn,
) -> Result<CheckIn, Failure> {
    let me = client(work, id)?;
    let location = asked.location.map(point).transpose()?;
    if location.is_some() && !consents::in_force(work, id, ConsentPurpose::Location)? {
        let detail = "a place is taken only with consent; leave it out or consent first";
        return Err(Refusal::at(RefusalCode::ConsentNotInForce, "/location", detail).into());
    }
    let note = asked
        .note
        .as_deref()
        .map(|note| text::note(note, "/note", 500))
        .transpose()?;
    let made = CheckIn {
        agency_id: work.agency,
        id: work.ids.next(),
        client_id: id,
        office_id: me.office_id,
        note,
        location,
        made_at: work.now,
    };
    check_ins::insert(work.tx, &made)?;
    Ok(made)
}

/// Five decimals are about a metre.
fn point(asked: Point) -> Result<String, Refusal> {
    let fault = |field: &str, detail: &str| {
        Refusal::at(
            RefusalCode::InvalidValue,
            format!("/location/{field}"),
            detail,
        )
    };
    if !(-90.0..=90.0).contains(&asked.latitude) {
        return Err(fault("latitude", "-90 to 90 degrees"));
    }
    if !(-180.0..=180.0).contains(&asked.longitude) {
        return Err(fault("longitude", "-180 to 180 degrees"));
    }
    Ok(format!("{:.5},{:.5}", asked.latitude, asked.longitude))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_lies_on_the_earth() {
        let of = |latitude, longitude| {
            point(Point {
                latitude,
                longitude,
            })
        };
        assert_eq!(of(30.274_1, 120.155_1).unwrap(), "30.27410,120.15510");
        for (latitude, longitude, field) in [
            (90.1, 0.0, "latitude"),
            (f64::NAN, 0.0, "latitude"),
            (0.0, -180.1, "longitude"),
        ] {
            let refusal = of(latitude, longitude).unwrap_err();
            assert_eq!(refusal.pointer, Some(format!("/location/{field}")));
        }
    }
}
