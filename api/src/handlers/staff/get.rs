use actix_web::{HttpResponse, get};
use domain::StaffId;

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Path},
    operations::GetStaff as Op,
    problem::Problem,
    services::staff,
    views::staff::StaffView,
};

/// Show a staff member.
///
/// Any staff member of the caller's agency. The telephone number is not shown.
#[utoipa::path(
    tag = "Staff",
    params(("id" = StaffId, Path, description = "The staff member")),
    responses((status = 200, description = "The staff member", body = StaffView)),
)]
#[get("/v1/staff/{id}")]
pub async fn get_staff(call: Call<Op, Bearer>, id: Path<StaffId>) -> Result<HttpResponse, Problem> {
    call.read(move |work| {
        let staff = staff::get(work, id.0)?;
        let version = staff.version;
        Ok(Answer::ok(StaffView::from(staff)).version(version))
    })
    .await
}
