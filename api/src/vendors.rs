//! The accounts that post to us, and what each has to show.

use std::{collections::HashMap, fmt, net::IpAddr, sync::Arc};

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{Digest, SHA256, digest},
};
use domain::template::TemplateGateway;
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
    /// Of the secret in the path: of one length, whatever the secret's is.
    secret: Digest,
    /// From where it posts; none: from anywhere.
    addresses: Vec<Network>,
}

impl Vendors {
    /// Those of `[[providers]]` that have a secret for their posts.
    pub fn of(providers: &[ProviderConfig]) -> Self {
        let accounts = providers.iter().filter_map(|provider| {
            let form = match provider.kind {
                ProviderKind::Aliyun => TemplateGateway::Aliyun,
                ProviderKind::Tencent => TemplateGateway::Tencent,
                ProviderKind::Recording
                | ProviderKind::Webhook
                | ProviderKind::WechatTemplate
                | ProviderKind::WechatSubscribe => return None,
            };
            let secret = provider.callback_secret.as_ref()?;
            let vendor = Vendor {
                account: provider.name.clone(),
                form,
                secret: digest(&SHA256, secret.expose_secret().as_bytes()),
                addresses: provider.callback_addresses.clone(),
            };
            Some((provider.name.clone(), Arc::new(vendor)))
        });
        Self(accounts.collect())
    }

    /// The account of this name, if that is its secret and it posts from there. The secret is compared
    /// in constant time; nobody learns which of the three was wrong.
    pub fn find(
        &self,
        account: &str,
        secret: &str,
        address: Option<IpAddr>,
    ) -> Option<Arc<Vendor>> {
        let given = digest(&SHA256, secret.as_bytes());
        let vendor = self.0.get(account)?;
        verify_slices_are_equal(given.as_ref(), vendor.secret.as_ref()).ok()?;
        vendor.posts_from(address).then(|| Arc::clone(vendor))
    }
}

impl Vendor {
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
        ])
    }

    #[test]
    fn an_account_is_found_by_its_secret_from_where_it_posts() {
        let open = vendors(&[]);
        let bounded = vendors(&["203.0.113.0/24", "2001:db8::1"]);
        let found = |vendors: &Vendors, account: &str, secret: &str, address: Option<&str>| {
            let address = address.map(|address| address.parse().unwrap());
            vendors.find(account, secret, address).is_some()
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
            ("nobody", SECRET, inside),
        ] {
            assert!(!found(&bounded, account, secret, address), "{account}");
        }
        assert!(!format!("{open:?}").contains(SECRET));
    }
}
