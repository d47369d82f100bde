use actix_web::{HttpResponse, get};
use domain::StaffId;

use crate::{
    answer::Answer,
    extract::{Call, Path},
    operations::ListStaffSessions as Op,
    problem::Problem,
    services::{sessions, staff},
    views::sessions::OpenSessionList,
};

/// List a staff member's sessions.
///
/// Every sign-in of theirs that goes on, the newest first.
#[utoipa::path(
    tag = "Staff",
    params(("id" = StaffId, Path, description = "The staff member")),
    responses((status = 200, description = "The sessions", body = OpenSessionList)),
)]
#[get("/v1/staff/{id}/sessions")]
pub async fn list_staff_sessions(
    call: Call<Op>,
    id: Path<StaffId>,
) -> Result<HttpResponse, Problem> {
    let (state, current) = (call.shared(), call.caller.session);
    let now = state.sign_in_clock.now();
    call.read(move |work| {
        let staff = staff::get(work, id.0)?;
        let list = sessions::list(work, &state.auth, staff.id, current, now)?;
        Ok(Answer::ok(list))
    })
    .await
}
