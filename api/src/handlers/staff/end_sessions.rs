use actix_web::{HttpResponse, delete};
use domain::StaffId;

use crate::{
    answer::Answer,
    extract::{Call, Json, Path},
    operations::EndStaffSessions as Op,
    problem::Problem,
    services::{
        sessions::{self, Ending},
        staff,
    },
};

/// End a staff member's sessions.
///
/// Signs them out everywhere. They can sign in again: to keep them out, have the account locked.
#[utoipa::path(
    tag = "Staff",
    params(("id" = StaffId, Path, description = "The staff member")),
    responses((status = 204, description = "The sessions have ended")),
)]
#[delete("/v1/staff/{id}/sessions")]
pub async fn end_staff_sessions(
    call: Call<Op>,
    id: Path<StaffId>,
) -> Result<HttpResponse, Problem> {
    let state = call.shared();
    let (now, ending) = (state.sign_in_clock.now(), Ending::default());
    let told = ending.clone();
    let response = call
        .write(Json::none(), move |work, _| {
            let staff = staff::get(work, id.0)?;
            told.set(sessions::end_all_of(
                work,
                staff.id,
                now,
                "ended_by_security",
            )?);
            Ok(Answer::done().about(id.0))
        })
        .await?;
    ending.done(&state, now);
    Ok(response)
}
