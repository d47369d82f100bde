//! What clients bound at WeChat, whether they may be sent anything there, and what that takes.

use std::collections::HashMap;

use casework::{Work, WorkError};
use domain::{
    ClientId, WechatBindingId, consent::ConsentPurpose, subscription_credit::CreditChange,
};
use storage::{
    consents,
    subscription_credits::{self, CreditEvent},
    wechat_bindings::{self, Addressee},
};

use super::claim::Ready;
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

    /// One of them is spent: the next message of the same batch does not count on it.
    fn spend(&mut self, binding: WechatBindingId, template_id: &str) {
        if let Some(left) = self.credits.get_mut(&(binding, template_id.to_owned())) {
            *left -= 1;
        }
    }
}

/// Spends what a message takes before it is handed over: whoever plans meanwhile, in this batch or in
/// another process, counts without it. What comes of the call may bring it back.
pub(super) fn reserve(
    work: &mut Work<'_, '_>,
    bound: &mut HashMap<ClientId, Bound>,
    ready: &Ready,
) -> Result<(), WorkError> {
    let Some((binding, template_id)) = ready.takes() else {
        return Ok(());
    };
    let of_client = ready.message.client_id.and_then(|id| bound.get_mut(&id));
    if let Some(bound) = of_client {
        bound.spend(binding, template_id);
    }
    note(work, ready, CreditChange::Spent)
}

/// Notes what a message changes. Its instant is that of the try: what comes back is what was spent then.
pub(super) fn note(
    work: &mut Work<'_, '_>,
    ready: &Ready,
    change: CreditChange,
) -> Result<(), WorkError> {
    let Some((binding_id, template_id)) = ready.takes() else {
        return Ok(());
    };
    let attempt = ready.outgoing.attempt_id;
    let event = CreditEvent {
        agency_id: work.agency,
        id: work.ids.next(),
        binding_id,
        template_id: template_id.to_owned(),
        change,
        dedupe_key: format!("{change}:{attempt}"),
        happened_at: ready.outgoing.sent_at,
        recorded_at: work.now,
    };
    subscription_credits::note(work.tx, &event)?;
    Ok(())
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
        subscription_credits::hold(work.tx, work.agency, &bindings)?;
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
