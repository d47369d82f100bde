//! Where a request came from.

use actix_web::HttpRequest;
use casework::Request;

/// Longest request id taken over from a caller.
const LONGEST_ID: usize = 64;

/// The request's id (from `X-Request-Id` if it is a sane one) and the caller's address. Behind
/// `trusted_proxies` proxies the address is the one the outermost of them saw.
pub fn request_of(request: &HttpRequest, trusted_proxies: usize) -> Request {
    Request {
        id: header(request, "x-request-id")
            .filter(|id| is_sane(id))
            .map(str::to_owned),
        address: address(request, trusted_proxies),
    }
}

/// A header's value, if it is visible ASCII.
pub fn header<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    request
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
}

fn is_sane(id: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(allowed)
}

fn address(request: &HttpRequest, trusted_proxies: usize) -> Option<String> {
    let peer = || request.peer_addr().map(|peer| peer.ip().to_string());
    let Some(hops_before) = trusted_proxies.checked_sub(1) else {
        return peer();
    };
    // Each proxy appends the address it saw: the last entry is from the nearest one.
    request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .collect::<Vec<_>>()
        .iter()
        .rev()
        .flat_map(|line| line.rsplit(','))
        .nth(hops_before)
        .and_then(|entry| entry.trim().parse::<std::net::IpAddr>().ok())
        .map(|ip| ip.to_string())
        .or_else(peer)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_address_is_the_one_a_trusted_proxy_saw() {
        let request = TestRequest::default()
            .peer_addr("10.0.0.1:1".parse().unwrap())
            .insert_header(("x-forwarded-for", "1.1.1.1, 192.0.2.7, 10.0.0.2"))
            .to_http_request();
        for (proxies, expected) in [
            (0, "10.0.0.1"),
            (1, "10.0.0.2"),
            (2, "192.0.2.7"),
            (9, "10.0.0.1"),
        ] {
            let address = request_of(&request, proxies).address;
            assert_eq!(address.as_deref(), Some(expected), "{proxies}");
        }
    }

    #[test]
    fn strange_request_ids_are_not_taken_over() {
        for (id, taken) in [
            ("r-1", true),
            ("a b", false),
            ("", false),
            (&"x".repeat(65), false),
        ] {
            let request = TestRequest::default()
                .insert_header(("x-request-id", id))
                .to_http_request();
            assert_eq!(request_of(&request, 0).id.is_some(), taken, "{id}");
        }
    }
}
