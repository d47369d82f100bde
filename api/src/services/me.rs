//! What clients see and do about themselves. Everything goes by the signed-in client: what is
//! somebody else's does not exist.

mod appointments;
mod check_in;
mod confirm;
mod consents;
mod excuse;
mod export;
mod ledger;
mod requests;
mod show;

pub use self::{
    appointments::{appointments, mine},
    check_in::check_in,
    confirm::confirm,
    consents::{consents, give_consent, withdraw_consent},
    excuse::request_excuse,
    export::export,
    ledger::ledger,
    requests::{correction, help},
    show::show,
};

use casework::{Work, rules};
use domain::ClientId;
use storage::{
    Scope,
    cases::{self, Case},
    clients::{self, Client},
};

use crate::{failure::Failure, views::me::PlaceView};

/// Cases of one client that are looked at; nobody has as many.
const CASES: i64 = 100;

fn client(work: &mut Work<'_, '_>, id: ClientId) -> Result<Client, Failure> {
    clients::get(work.tx, work.agency, Scope::default(), id)?
        .ok_or_else(|| Failure::not_found("client"))
}

fn cases_of(work: &mut Work<'_, '_>, client: ClientId) -> Result<Vec<Case>, Failure> {
    let filter = cases::Filter {
        client: Some(client),
        ..cases::Filter::default()
    };
    let whole = Scope::default();
    Ok(cases::list(
        work.tx,
        work.agency,
        whole,
        &filter,
        None,
        CASES,
    )?)
}

fn place(work: &mut Work<'_, '_>, client: &Client) -> Result<PlaceView, Failure> {
    Ok(PlaceView::from(&rules::office(work, client.office_id)?))
}
