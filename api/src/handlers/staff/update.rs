use actix_web::{HttpResponse, patch};
use domain::StaffId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::UpdateStaff as Op,
    problem::Problem,
    services::{sessions::Ending, staff},
    views::staff::{StaffView, UpdateStaff},
};

/// Change a staff member.
///
/// Fields that are absent stay as they are. Another role, office or area, or a lock, ends the member's
/// sessions. Nobody changes their own role, office, area or lock, or an account that their own role
/// does not make.
#[utoipa::path(
    tag = "Staff",
    params(("id" = StaffId, Path, description = "The staff member")),
    request_body = UpdateStaff,
    responses((status = 200, description = "The staff member as they are now", body = StaffView)),
)]
#[patch("/v1/staff/{id}")]
pub async fn update_staff(
    call: Call<Op>,
    id: Path<StaffId>,
    body: Json<UpdateStaff>,
) -> Result<HttpResponse, Problem> {
    let (by, expected) = (call.caller.role, call.expected_version()?);
    let state = call.shared();
    let now = state.sign_in_clock.now();
    let ending = Ending::default();
    let told = ending.clone();
    let response = call
        .write(body, move |work, asked| {
            let updated = staff::update(work, by, id.0, asked, expected, now)?;
            told.set(updated.ended);
            let version = updated.staff.version;
            Ok(Answer::ok(StaffView::from(updated.staff))
                .about(id.0)
                .version(version))
        })
        .await?;
    ending.done(&state, now);
    Ok(response)
}
