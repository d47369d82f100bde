//! Where a request came from.

use std::net::{IpAddr, SocketAddr};

use actix_web::{
    HttpRequest,
    http::header::{AUTHORIZATION, HeaderMap, HeaderValue},
};
use casework::Request;
use platform::config::Network;

use crate::{problem::Problem, problem_code::ProblemCode};

/// Longest request id taken over from a caller.
const LONGEST_ID: usize = 64;

/// The request's id (from `X-Request-Id` if it is a sane one) and the caller's address as
/// [`address_of`] tells it.
pub fn request_of(request: &HttpRequest, trusted_proxies: &[Network]) -> Request {
    Request {
        id: header(request, "x-request-id")
            .filter(|id| is_sane(id))
            .map(str::to_owned),
        address: address_of(request.peer_addr(), request.headers(), trusted_proxies)
            .map(|address| address.to_string()),
    }
}

/// The address a request came from. Each proxy appends the address it saw to `X-Forwarded-For`, so
/// the last entry is from the nearest one: from the peer backwards, the first that is not one of
/// `trusted_proxies` is the caller. What that one claims about others is not read. An entry that is
/// no address ends the search at the proxy that wrote it.
pub fn address_of(
    peer: Option<SocketAddr>,
    headers: &HeaderMap,
    trusted_proxies: &[Network],
) -> Option<IpAddr> {
    let is_trusted = |address| trusted_proxies.iter().any(|it| it.contains(address));
    let mut nearest = peer?.ip().to_canonical();
    if !is_trusted(nearest) {
        return Some(nearest);
    }
    let lines: Vec<&[u8]> = headers
        .get_all("x-forwarded-for")
        .map(HeaderValue::as_bytes)
        .collect();
    let entries = lines
        .iter()
        .rev()
        .flat_map(|line| line.rsplit(|byte| *byte == b','));
    for entry in entries {
        let Some(address) = read_address(entry) else {
            break;
        };
        nearest = address;
        if !is_trusted(address) {
            break;
        }
    }
    Some(nearest)
}

/// An entry of `X-Forwarded-For`; some proxies add the port.
fn read_address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let address = text.parse::<IpAddr>();
    address
        .or_else(|_perhaps_with_port| text.parse().map(|with_port: SocketAddr| with_port.ip()))
        .ok()
        .map(|address| address.to_canonical())
}

/// A header's value, if it is visible ASCII.
pub fn header<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    request
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
}

/// The access token that came with a request (RFC 6750 §2.1).
///
/// # Errors
/// `unauthenticated` without one.
pub(super) fn access_token(request: &HttpRequest) -> Result<&str, Problem> {
    header(request, AUTHORIZATION.as_str())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| {
            Problem::new(
                ProblemCode::Unauthenticated,
                "send an access token: Authorization: Bearer …",
            )
        })
}

fn is_sane(id: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn networks(texts: &[&str]) -> Vec<Network> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn the_address_is_the_one_a_trusted_proxy_saw() {
        let forwarded = "1.1.1.1, 192.0.2.7:4711, ::ffff:10.0.0.2";
        for (proxies, header, expected) in [
            // Nobody is believed by default, and nobody who is not named.
            (&[][..], forwarded, "10.0.0.1"),
            (&["10.0.0.9", "192.168.0.0/16"], forwarded, "10.0.0.1"),
            (&["10.0.0.1"], forwarded, "10.0.0.2"),
            (&["10.0.0.0/8"], forwarded, "192.0.2.7"),
            // What the caller wrote itself stands further left, and is not reached.
            (
                &["10.0.0.0/8"],
                "10.0.0.5, 10.0.0.6, 192.0.2.7",
                "192.0.2.7",
            ),
            (&["10.0.0.0/8", "192.0.2.0/24"], forwarded, "1.1.1.1"),
            // All are proxies: the farthest of them asks for itself.
            (&["0.0.0.0/0"], forwarded, "1.1.1.1"),
            (&["10.0.0.0/8"], "", "10.0.0.1"),
            (&["10.0.0.0/8"], "192.0.2.7, unknown", "10.0.0.1"),
            (&["10.0.0.0/8"], "192.0.2.7, unknown, 10.0.0.3", "10.0.0.3"),
            (&["10.0.0.0/8"], "[2001:db8::1]:443", "2001:db8::1"),
        ] {
            let request = TestRequest::default()
                .peer_addr("10.0.0.1:1".parse().unwrap())
                .insert_header(("x-forwarded-for", header))
                .to_http_request();
            let address = request_of(&request, &networks(proxies)).address;
            assert_eq!(address.as_deref(), Some(expected), "{proxies:?} {header}");
        }
    }

    #[test]
    fn the_last_of_several_header_lines_is_the_nearest() {
        let request = TestRequest::default()
            .peer_addr("[::ffff:10.0.0.1]:1".parse().unwrap())
            .append_header(("x-forwarded-for", "1.1.1.1"))
            .append_header(("x-forwarded-for", "192.0.2.7"))
            .to_http_request();
        let address = request_of(&request, &networks(&["10.0.0.1"])).address;
        assert_eq!(address.as_deref(), Some("192.0.2.7"));
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
            assert_eq!(request_of(&request, &[]).id.is_some(), taken, "{id}");
        }
    }
}
