//! A post of a provider, to the secret path of its account or signed.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
    sync::Arc,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use chrono::{DateTime, Utc};
use domain::{GatewayPostId, IdMint, gateway_post::PostKind};
use gateways::push::Item;
use storage::gateway_posts::{self, NewPost};

use crate::{
    extract::{
        query,
        request::{address_of, request_of},
    },
    failure::Failure,
    limits::Limits,
    operations::Op,
    problem::Problem,
    state::AppState,
    unit_of_work,
    vendors::Vendor,
};

/// A call of the operation `O` by a provider, whose account stands in the path, and its secret if it
/// signs nothing. A signature is still to be checked.
#[derive(Debug)]
pub struct VendorCall<O> {
    /// The account.
    pub vendor: Arc<Vendor>,
    /// The instant of the call, in the time of sign-ins (UTC).
    pub now: DateTime<Utc>,
    state: Data<AppState>,
    request_id: Option<String>,
    operation: PhantomData<fn() -> O>,
}

impl<O: Op> VendorCall<O> {
    /// Keeps what was posted, to be acted on by the worker; what is there already is not kept twice.
    ///
    /// # Errors
    /// A 5xx when it is not stored: the provider posts again then.
    pub async fn keep(&self, kind: PostKind, items: Vec<Item>) -> Result<(), Problem> {
        let (state, vendor) = (self.state.clone(), Arc::clone(&self.vendor));
        let (operation, id) = (O::OPERATION.id, self.request_id.clone());
        let received_at = state.clock.now();
        let seed = state.randomness.seed();
        let kept = unit_of_work::hop(&self.state, operation, move || {
            let kept = state.store.write(|tx| {
                let mut ids = IdMint::new(received_at, seed);
                let mut kept = 0_u64;
                for item in &items {
                    let id: GatewayPostId = ids.next();
                    let post = NewPost {
                        id,
                        account: &vendor.account,
                        vendor: vendor.form,
                        kind,
                        identity: &item.identity,
                        body: &item.body,
                        received_at,
                    };
                    kept += u64::from(gateway_posts::insert_once(tx, &post)?);
                }
                Ok(kept)
            });
            kept.map_err(|failure: Failure| failure.into_problem(operation, id.as_deref()))
        })
        .await?;
        let account = self.vendor.account.clone();
        metrics::counter!("gateway_posts_total", "account" => account, "kind" => kind.as_str())
            .increment(kept);
        Ok(())
    }
}

impl<O: Op> FromRequest for VendorCall<O> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(http: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(admit(http))
    }
}

/// Lets a provider in. An account nobody knows, another secret and another address answer alike, and
/// each try counts as one to sign in.
fn admit<O: Op>(http: &HttpRequest) -> Result<VendorCall<O>, Problem> {
    let state = http
        .app_data::<Data<AppState>>()
        .cloned()
        .ok_or_else(Problem::internal)?;
    let proxies = &state.server.trusted_proxies;
    let address = address_of(http.peer_addr(), http.headers(), proxies);
    let request = request_of(http, proxies);
    let part = |name| http.match_info().get(name);
    let account = part("account").unwrap_or_default();
    let Some(vendor) = state.vendors.find(account, part("secret"), address) else {
        if let Some(limits) = http.app_data::<Data<Limits>>() {
            limits.sign_in(http, request.address.as_deref())?;
        }
        return Err(Problem::not_found("path"));
    };
    query::refuse_untaken(O::OPERATION, http.query_string())?;
    Ok(VendorCall {
        vendor,
        now: state.sign_in_clock.now(),
        state,
        request_id: request.id,
        operation: PhantomData,
    })
}
