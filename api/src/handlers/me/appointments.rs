use actix_web::{HttpResponse, get};

use crate::{
    answer::Answer, extract::ClientCall, operations::ListMyAppointments as Op, problem::Problem,
    services::me, views::me::MyAppointments,
};

/// List one's own dates.
///
/// All of them (a few dozen at most), the earliest due first, past ones too.
#[utoipa::path(
    tag = "Me",
    responses((status = 200, description = "The dates", body = MyAppointments)),
)]
#[get("/v1/me/appointments")]
pub async fn list_my_appointments(call: ClientCall<Op>) -> Result<HttpResponse, Problem> {
    let client = call.client();
    call.read(move |work| Ok(Answer::ok(me::appointments(work, client)?)))
        .await
}
