//! Name resolution that hands out public addresses only.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::is_public;

/// A name led only to addresses that are not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name resolves to no public address")]
pub(super) struct NotPublic;

/// Resolves by the system and keeps the public addresses. The connection is made to what this
/// hands out, so the name cannot mean something else a moment later.
#[derive(Debug, Clone, Copy)]
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Addrs = Box::new(public_of(found)?.into_iter());
            Ok(addresses)
        })
    }
}

/// The public ones of what a name leads to. A name that leads to both is not refused: a connection
/// is made to what is left, and to nothing else.
fn public_of(found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, NotPublic> {
    let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
    if public.is_empty() {
        return Err(NotPublic);
    }
    Ok(public)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    /// DNS re-binding: a name that leads to a public address when it is looked at, and into the own
    /// network when it is connected to, or to both at once.
    #[test]
    fn of_what_a_name_leads_to_only_public_addresses_are_connected_to() {
        let of = |texts: &[&str]| public_of(addresses(texts).into_iter());
        let mixed = [
            "223.5.5.5:443",
            "10.0.0.8:443",
            "[::ffff:127.0.0.1]:443",
            "[::ffff:223.5.5.5]:443",
            "[fd00::1]:443",
            "169.254.169.254:80",
            "[2400:3200::1]:443",
        ];
        let left = [
            "223.5.5.5:443",
            "[::ffff:223.5.5.5]:443",
            "[2400:3200::1]:443",
        ];
        assert_eq!(of(&mixed), Ok(addresses(&left)));
        for private in [
            &["127.0.0.1:443"][..],
            &["[::ffff:10.0.0.1]:443", "[::1]:443"],
            &[],
        ] {
            assert_eq!(of(private), Err(NotPublic), "{private:?}");
        }
    }

    /// Each connection asks anew, and what it is given is what it is made to.
    #[tokio::test]
    async fn a_name_of_this_machine_leads_nowhere() {
        let name: Name = "localhost".parse().unwrap();
        let refused = PublicOnly.resolve(name).await.err().unwrap();
        assert!(refused.is::<NotPublic>(), "{refused}");
    }
}
