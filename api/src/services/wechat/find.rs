//! Whose account it is.

use domain::AgencyId;
use storage::{
    Scope, StorageError, Store, agencies,
    clients::{self, Client},
    wechat_bindings::{self, WechatBinding},
};

/// The client of a WeChat account. No `Debug`: personal data.
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct Found {
    /// What binds them.
    pub binding: WechatBinding,
    /// Who it is.
    pub client: Client,
}

/// The client whom an openid is bound to, in whichever agency. To be asked only for somebody whom
/// WeChat vouched for. An openid that two agencies bound at the same moment is nobody's.
///
/// # Errors
/// When the database fails.
pub fn find(store: &Store, app_id: &str, open_id: &str) -> Result<Option<Found>, StorageError> {
    let mut bindings = all(store, app_id, open_id)?.into_iter();
    let (Some(binding), None) = (bindings.next(), bindings.next()) else {
        return Ok(None);
    };
    let agency = binding.agency_id;
    let whole = Scope::default();
    let client = store.read_in(agency, |tx| {
        clients::get(tx, agency, whole, binding.client_id)
    })?;
    Ok(client.map(|client| Found { binding, client }))
}

/// Whether an openid is bound in another agency than `home`.
///
/// # Errors
/// When the database fails.
pub fn is_elsewhere(
    store: &Store,
    home: AgencyId,
    app_id: &str,
    open_id: &str,
) -> Result<bool, StorageError> {
    let bindings = all(store, app_id, open_id)?;
    Ok(bindings.iter().any(|binding| binding.agency_id != home))
}

fn all(store: &Store, app_id: &str, open_id: &str) -> Result<Vec<WechatBinding>, StorageError> {
    let mut found = Vec::new();
    for agency in store.read(agencies::list_ids)? {
        found.extend(store.read_in(agency, |tx| {
            wechat_bindings::find(tx, agency, app_id, open_id)
        })?);
    }
    Ok(found)
}
