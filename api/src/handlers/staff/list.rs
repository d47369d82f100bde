use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer,
    auth::Bearer,
    extract::{Call, Query, page::Page},
    operations::ListStaff as Op,
    problem::Problem,
    services::staff,
    views::staff::{StaffQuery, StaffView},
};

/// List the staff.
///
/// The staff of the caller's agency in the order their accounts were made, those of locked accounts
/// too.
#[utoipa::path(
    tag = "Staff",
    params(StaffQuery),
    responses((status = 200, description = "A page of staff members", body = Page<StaffView>)),
)]
#[get("/v1/staff")]
pub async fn list_staff(
    call: Call<Op, Bearer>,
    query: Query<StaffQuery>,
) -> Result<HttpResponse, Problem> {
    call.read(move |work| Ok(Answer::page(staff::list(work, &query.0)?)))
        .await
}
