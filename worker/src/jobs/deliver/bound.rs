//! What clients bound at WeChat, and whether they may be sent anything there.

use std::collections::HashMap;

use casework::{Work, WorkError};
use domain::{ClientId, WechatBindingId, consent::ConsentPurpose};
use storage::{
    consents, subscription_credits,
    wechat_bindings::{self, Addressee},
};

use crate::Providers;

/// What one client bound.
#[derive(Default)]
pub(in crate::jobs) struct Bound {
    /// Whether the client consented to it, and did not withdraw.
    pub consented: bool,
    addressees: Vec<Addressee>,
    /// The messages that the client has accepted and not got, by binding and template.
    credits: HashMap<(WechatBindingId, String), i32>,
}

impl Bound {
    /// Whom an account sends to.
    pub fn addressee(&self, app_id: &str) -> Option<&Addressee> {
        self.addressees.iter().find(|one| one.app_id == app_id)
    }

    /// Whether the client accepted another message by a template.
    pub fn has_credit(&self, binding: WechatBindingId, template_id: &str) -> bool {
        let key = (binding, template_id.to_owned());
        self.credits.get(&key).is_some_and(|left| *left > 0)
    }
}

/// What these clients bound with the accounts. Asks nothing where there is no account at WeChat.
///
/// A withdrawal of the consent holds from the next message on: text messages go on.
pub(super) fn load(
    work: &mut Work<'_, '_>,
    providers: &Providers,
    clients: &[ClientId],
) -> Result<HashMap<ClientId, Bound>, WorkError> {
    let mut bound: HashMap<ClientId, Bound> = HashMap::new();
    let app_ids = providers.app_ids();
    if app_ids.is_empty() || clients.is_empty() {
        return Ok(bound);
    }
    let found = wechat_bindings::addressees(work.tx, work.agency, clients, &app_ids)?;
    let bindings: Vec<WechatBindingId> = found.iter().map(|one| one.id).collect();
    for one in found {
        let of_client = bound.entry(one.client_id).or_default();
        of_client.addressees.push(one);
    }
    let clients: Vec<ClientId> = bound.keys().copied().collect();
    if clients.is_empty() {
        return Ok(bound);
    }
    let purpose = ConsentPurpose::Wechat;
    for client in consents::in_force(work.tx, work.agency, &clients, purpose)? {
        if let Some(bound) = bound.get_mut(&client) {
            bound.consented = true;
        }
    }
    if providers.need_credits() {
        let left = subscription_credits::left(work.tx, work.agency, &bindings)?;
        for bound in bound.values_mut() {
            let own = |id: &WechatBindingId| bound.addressees.iter().any(|one| one.id == *id);
            bound.credits = left
                .iter()
                .filter(|((binding, _), _)| own(binding))
                .map(|(key, left)| (key.clone(), *left))
                .collect();
        }
    }
    Ok(bound)
}
