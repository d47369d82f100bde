//! The accounts that post to us, and what each has to show.

use std::{collections::HashMap, fmt, net::IpAddr, sync::Arc};

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{Digest, SHA256, digest},
};
use domain::template::TemplateGateway;
use gateways::wechat::callback::{CallbackKeys, NotAKey};
use platform::config::{Network, ProviderConfig, ProviderKind};
use secrecy::ExposeSecret as _;

/// The accounts of a process that post to us, by their names in the settings.
#[derive(Debug, Default)]
pub struct Vendors(HashMap<String, Arc<Vendor>>);

/// One account. Shows no secret.
pub struct Vendor {
    /// Its name in the settings.
    pub account: String,
    /// Whose form its posts have.
    pub form: TemplateGateway,
    proof: Proof,
    /// From where it posts; none: from anywhere.
    addresses: Vec<Network>,
}

/// What tells an account's posts from anybody else's.
enum Proof {
    /// The secret in the path, as a digest: of one length, whatever the secret's is.
    Path(Digest),
    /// Signatures.
    Signature(CallbackKeys),
}

impl Vendors {
    /// Those of `[[providers]]` that have what proves their posts.
    ///
    /// # Errors
    /// [`NotAKey`] for an EncodingAESKey that is none.
    pub fn of(providers: &[ProviderConfig]) -> Result<Self, NotAKey> {
        let mut accounts = HashMap::new();
        for provider in providers {
            let form = match provider.kind {
                ProviderKind::Aliyun => TemplateGateway::Aliyun,
                ProviderKind::Tencent => TemplateGateway::Tencent,
                ProviderKind::WechatTemplate | ProviderKind::WechatSubscribe => {
                    TemplateGateway::Wechat
                }
                // The platform signs its posts; the others post nothing.
                ProviderKind::Recording
                | ProviderKind::Webhook
                | ProviderKind::Wecom
                | ProviderKind::Email => continue,
            };
            let Some(proof) = Proof::of(provider, form)? else {
                continue;
            };
            let vendor = Vendor {
                account: provider.name.clone(),
                form,
                proof,
                addresses: provider.callback_addresses.clone(),
            };
            accounts.insert(provider.name.clone(), Arc::new(vendor));
        }
        Ok(Self(accounts))
    }

    /// The account of this name, if it posts from there and that is the secret of its path, or it has
    /// none and signs. The secret is compared in constant time; nobody learns which was wrong.
    pub fn find(
        &self,
        account: &str,
        secret: Option<&str>,
        address: Option<IpAddr>,
    ) -> Option<Arc<Vendor>> {
        let given = digest(&SHA256, secret.unwrap_or_default().as_bytes());
        let vendor = self.0.get(account)?;
        match (&vendor.proof, secret) {
            (Proof::Path(expected), Some(_)) => {
                verify_slices_are_equal(given.as_ref(), expected.as_ref()).ok()?;
            }
            (Proof::Signature(_), None) => {}
            _ => return None,
        }
        vendor.posts_from(address).then(|| Arc::clone(vendor))
    }
}

impl Proof {
    fn of(provider: &ProviderConfig, form: TemplateGateway) -> Result<Option<Self>, NotAKey> {
        if form != TemplateGateway::Wechat {
            let secret = provider.callback_secret.as_ref();
            let digest = secret.map(|it| digest(&SHA256, it.expose_secret().as_bytes()));
            return Ok(digest.map(Self::Path));
        }
        let (Some(token), Some(key), Some(app_id)) = (
            &provider.callback_token,
            &provider.callback_aes_key,
            &provider.app_id,
        ) else {
            return Ok(None);
        };
        let previous = provider.previous_callback_aes_key.as_ref();
        let keys = CallbackKeys::new(token.clone(), key, previous, app_id.clone())?;
        Ok(Some(Self::Signature(keys)))
    }
}

impl Vendor {
    /// What checks and opens its posts, if it signs them.
    pub fn keys(&self) -> Option<&CallbackKeys> {
        match &self.proof {
            Proof::Signature(keys) => Some(keys),
            Proof::Path(_) => None,
        }
    }

    fn posts_from(&self, address: Option<IpAddr>) -> bool {
        let inside = |address| self.addresses.iter().any(|it| it.contains(address));
        self.addresses.is_empty() || address.is_some_and(inside)
    }
}

impl fmt::Debug for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vendor")
            .field("account", &self.account)
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SECRET: &str = "0123456789abcdefghijABCDEFGHI-_x";

    fn vendors(addresses: &[&str]) -> Vendors {
        let account = |name: &str, kind: &str, secret: Option<&str>| {
            let account = json!({
                "name": name, "kind": kind, "callback_secret": secret,
                "callback_addresses": addresses,
            });
            serde_json::from_value::<ProviderConfig>(account).unwrap()
        };
        Vendors::of(&[
            account("aliyun-main", "aliyun", Some(SECRET)),
            account("tencent-main", "tencent", None),
            account("town-hall", "webhook", Some(SECRET)),
            serde_json::from_value(json!({
                "name": "service-account", "kind": "wechat_template", "app_id": "wx0",
                "callback_token": SECRET, "callback_aes_key": "k".repeat(43),
                "callback_addresses": addresses,
            }))
            .unwrap(),
        ])
        .unwrap()
    }

    #[test]
    fn an_account_is_found_by_its_secret_from_where_it_posts() {
        let open = vendors(&[]);
        let bounded = vendors(&["203.0.113.0/24", "2001:db8::1"]);
        let found = |vendors: &Vendors, account: &str, secret: &str, address: Option<&str>| {
            let address = address.map(|address| address.parse().unwrap());
            vendors.find(account, Some(secret), address).is_some()
        };
        let inside = Some("203.0.113.9");
        assert!(found(&open, "aliyun-main", SECRET, None));
        assert!(found(&open, "aliyun-main", SECRET, inside));
        assert!(found(&bounded, "aliyun-main", SECRET, inside));
        assert!(found(&bounded, "aliyun-main", SECRET, Some("2001:db8::1")));
        for (account, secret, address) in [
            ("aliyun-main", SECRET, Some("203.0.114.9")),
            ("aliyun-main", SECRET, None),
            ("aliyun-main", &SECRET[1..], inside),
            ("aliyun-main", "", inside),
            // Neither without a secret nor of a kind that posts here.
            ("tencent-main", "", inside),
            ("town-hall", SECRET, inside),
            // Signs, and has no path of its own.
            ("service-account", SECRET, inside),
            ("nobody", SECRET, inside),
        ] {
            assert!(!found(&bounded, account, secret, address), "{account}");
        }
        let signs = |account: &str, address: &str| {
            let address = Some(address.parse().unwrap());
            let vendor = bounded.find(account, None, address);
            vendor.is_some_and(|vendor| vendor.keys().is_some())
        };
        assert!(signs("service-account", "203.0.113.9"));
        assert!(!signs("service-account", "203.0.114.9"));
        assert!(!signs("aliyun-main", "203.0.113.9"));
        assert!(!format!("{open:?}").contains(SECRET));
    }
}
