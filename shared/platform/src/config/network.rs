//! Networks of addresses.

use std::{net::IpAddr, str::FromStr};

use ipnet::IpNet;

/// An address, or a network in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

/// Neither an address nor a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither an address (10.0.0.1) nor a network (10.0.0.0/8)")]
pub struct NotANetwork;

impl Network {
    /// Whether `address` belongs to it. An IPv4 address inside an IPv6 one is judged as what it is.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let address = text.parse::<IpAddr>().map(IpNet::from);
        address
            .or_else(|_not_one_address| text.parse())
            .map(Self)
            .or(Err(NotANetwork))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_network_of_one() {
        let inside = |network: &str, address: &str| {
            let network: Network = network.parse().unwrap();
            network.contains(address.parse().unwrap())
        };
        assert!(inside("10.0.0.1", "10.0.0.1"));
        assert!(!inside("10.0.0.1", "10.0.0.2"));
        assert!(inside("10.20.0.0/16", "10.20.255.1"));
        assert!(inside("10.20.0.0/16", "::ffff:10.20.0.1"));
        assert!(!inside("10.20.0.0/16", "10.21.0.1"));
        assert!(inside("fd00::/8", "fd12::1"));
        for text in ["", "proxy", "10.0.0.0/33", "10.0.0"] {
            assert_eq!(text.parse::<Network>(), Err(NotANetwork), "{text}");
        }
    }
}
