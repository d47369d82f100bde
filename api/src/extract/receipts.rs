//! Receipts for what a client's call hands in.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::ClientCall;
use crate::{
    auth::{ClientCaller, client_receipt::HandedIn},
    operations::Op,
    problem::Problem,
    state::AppState,
};

/// Signs receipts for one request.
#[derive(Debug)]
pub struct Receipts {
    state: Data<AppState>,
    caller: ClientCaller,
    kind: &'static str,
    request: [u8; 32],
}

impl Receipts {
    /// The receipt for what was given this id at an instant (UTC).
    ///
    /// # Errors
    /// `internal` if there is no key.
    pub fn of(&self, id: Uuid, at: DateTime<Utc>) -> Result<String, Problem> {
        let it = HandedIn {
            agency: self.caller.agency,
            client: self.caller.client,
            kind: self.kind,
            id,
            at,
            request: self.request,
        };
        let now = self.state.sign_in_clock.now();
        self.state
            .tokens
            .receipt(&it, now)
            .ok_or_else(Problem::internal)
    }
}

impl<O: Op> ClientCall<O> {
    /// Makes receipts of this kind for the request with this fingerprint.
    pub fn receipts(&self, kind: &'static str, request: [u8; 32]) -> Receipts {
        Receipts {
            state: self.shared(),
            caller: self.caller,
            kind,
            request,
        }
    }
}
