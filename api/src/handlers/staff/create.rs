use actix_web::{HttpResponse, post};

use crate::{
    answer::Answer,
    auth::password::Busy,
    extract::{Call, Json},
    operations::CreateStaff as Op,
    problem::Problem,
    services::{
        own_account,
        staff::{self, NewStaff},
    },
    views::staff::{CreateStaff, StaffView},
};

/// Give somebody an account.
///
/// The account belongs to the caller's agency. An `agency_admin` makes those of caseworkers,
/// supervisors and administrators like itself, a `security_admin` those of security administrators and
/// auditors; nobody has two of these three administrations. Hand the password over in
/// person: it is shown nowhere, and within three days its owner changes it, before anything else.
#[utoipa::path(
    tag = "Staff",
    request_body = CreateStaff,
    responses((status = 201, description = "The staff member", body = StaffView)),
)]
#[post("/v1/staff")]
pub async fn create_staff(
    call: Call<Op>,
    body: Json<CreateStaff>,
) -> Result<HttpResponse, Problem> {
    let by = call.caller.role;
    let CreateStaff {
        username,
        password,
        display_name,
        role,
        office_id,
        area_code,
        sex,
        phone,
        notices,
    } = body.value;
    let username = staff::username(&username)?;
    let places = call
        .look_up(move |work| Ok(own_account::places(work, office_id)?))
        .await?;
    let words = places.iter().map(String::as_str);
    let words: Vec<&str> = words.chain([username.as_str()]).collect();
    let profile = call.state().auth.password_profile;
    let sign_in_now = call.state().sign_in_clock.now();
    own_account::check_new(&password, profile, &words, "/password")?;
    // Costly on purpose, so outside the unit of work.
    let password_hash = call
        .state()
        .passwords
        .hash(password)
        .await
        .map_err(Busy::problem)?;
    let value = NewStaff {
        username,
        password_hash,
        display_name,
        role,
        office_id,
        area_code,
        sex,
        phone,
        notices,
    };
    call.write(
        Json {
            value,
            fingerprint: body.fingerprint,
        },
        move |work, asked| {
            staff::appoint(by, asked.role)?;
            let staff = staff::create(work, asked)?;
            staff::is_temporary(work, staff.id, sign_in_now)?;
            let (id, version) = (staff.id, staff.version);
            let view = StaffView::from(staff);
            Ok(Answer::created(format!("/v1/staff/{id}"), view)
                .about(id)
                .version(version))
        },
    )
    .await
}
