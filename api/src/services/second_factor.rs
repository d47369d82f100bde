//! Setting up a second factor.

use casework::Work;
use chrono::{DateTime, Utc};
use domain::{Refusal, RefusalCode, SessionId};
use platform::Randomness;
use qrcode::{QrCode, render::svg};
use storage::{
    credentials, recovery_codes,
    second_factors::{self, SecondFactor},
    staff::Staff,
};

use super::{sessions, sign_in};
use crate::{
    auth::{Caller, TotpSecret, recovery_code},
    failure::Failure,
    problem::Problem,
    views::sessions::{NewSecondFactorView, RecoveryCodesView},
};

/// What an authenticator shows above the username.
const ISSUER: &str = "Tongxing";
/// Pixels of the picture's side, at least.
const PICTURE: u32 = 240;

/// Hands out a secret to a staff member whose password was right, at `now` in the time of sign-ins.
/// One that is in use goes on until the new one is confirmed.
///
/// # Errors
/// `one_time_code_required` or `invalid_credentials` when there is a second factor already.
pub fn begin(
    work: &mut Work<'_, '_>,
    randomness: &Randomness,
    staff: &Staff,
    code: Option<&str>,
    now: DateTime<Utc>,
) -> Result<NewSecondFactorView, Failure> {
    credentials::hold(work.tx, work.agency, staff.id)?;
    sign_in::prove(work, staff.id, code, now)?;
    let secret = TotpSecret::new(randomness);
    let before = second_factors::get(work.tx, work.agency, staff.id)?;
    let factor = SecondFactor {
        pending: Some(secret.encode()),
        ..before.unwrap_or(SecondFactor {
            agency_id: work.agency,
            staff_id: staff.id,
            secret: None,
            pending: None,
            confirmed_at: None,
            last_step: 0,
        })
    };
    second_factors::put(work.tx, &factor)?;
    let otpauth_url = secret.url(ISSUER, &staff.username);
    Ok(NewSecondFactorView {
        secret: secret.encode(),
        qr_svg: picture(&otpauth_url)?,
        otpauth_url,
    })
}

/// Takes a secret into use that was handed out before, at `now` in the time of sign-ins. The caller's
/// other sessions end, for none of them showed a code of it; answers which.
///
/// # Errors
/// `conflict` when none was handed out; `invalid_value` at `/totp` for a code that is not its.
pub fn confirm(
    work: &mut Work<'_, '_>,
    randomness: &Randomness,
    caller: Caller,
    code: &str,
    now: DateTime<Utc>,
) -> Result<(RecoveryCodesView, Vec<SessionId>), Failure> {
    let staff = caller.staff;
    credentials::hold(work.tx, work.agency, staff)?;
    let factor = second_factors::get(work.tx, work.agency, staff)?;
    let pending = factor.and_then(|factor| factor.pending);
    let Some(secret) = pending.as_deref().and_then(TotpSecret::decode) else {
        let detail = "first begin: PUT /v1/sessions/current/second-factor";
        return Err(Refusal::new(RefusalCode::Conflict, detail).into());
    };
    let Some(step) = secret.step_of(code.trim(), now) else {
        let detail = "this is not the code of now; is the authenticator's clock right?";
        return Err(Refusal::at(RefusalCode::InvalidValue, "/totp", detail).into());
    };
    let factor = SecondFactor {
        agency_id: work.agency,
        staff_id: staff,
        secret: pending,
        pending: None,
        confirmed_at: Some(now),
        last_step: step,
    };
    second_factors::put(work.tx, &factor)?;
    let codes = recovery_code::new(randomness);
    let stored: Vec<String> = codes
        .iter()
        .filter_map(|it| recovery_code::read(it))
        .collect();
    recovery_codes::replace(work.tx, work.agency, staff, &stored, now)?;
    let reason = "second_factor_changed";
    let ended = sessions::end_others_of(work, staff, caller.session, now, reason)?;
    let view = RecoveryCodesView {
        recovery_codes: codes,
    };
    Ok((view, ended))
}

/// The picture that an authenticator scans.
fn picture(text: &str) -> Result<String, Problem> {
    let code = QrCode::new(text).map_err(|_too_long| Problem::internal())?;
    Ok(code
        .render::<svg::Color<'_>>()
        .min_dimensions(PICTURE, PICTURE)
        .build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_username_fits_into_a_picture() {
        let secret = TotpSecret::new(&Randomness::seeded(1));
        let svg = picture(&secret.url(ISSUER, &"@".repeat(64))).unwrap();
        assert!(svg.contains("<svg"), "{svg}");
    }
}
