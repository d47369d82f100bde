//! Building clients, and reading answers within bounds.

use std::{net::IpAddr, time::Duration};

use reqwest::{Client, Response, Url, redirect};
use secrecy::{ExposeSecret as _, SecretString};

use super::{guard::PublicOnly, is_public};

/// How a client behaves.
#[derive(Debug, Clone, Copy)]
pub struct ClientSettings {
    /// Longest time for one request, from resolving to the end of the answer.
    pub timeout: Duration,
    /// Longest time to connect.
    pub connect_timeout: Duration,
    /// Whether addresses that are not public may be spoken to.
    pub allow_private_addresses: bool,
}

/// Why a gateway cannot be built. Shows no URL.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Not an absolute `http` or `https` URL with a host.
    #[error("the URL is not an absolute http or https URL")]
    Url,
    /// The URL names an address that is not public.
    #[error("the URL names an address that is not public, and these are not allowed")]
    PrivateAddress,
    /// No usable signing secret.
    #[error(transparent)]
    Secret(#[from] crate::standard_webhooks::NotASecret),
    /// The client could not be set up, such as without trusted certificates.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] reqwest::Error),
}

/// A client by `settings`: rustls, no redirects, no proxy from the environment.
///
/// # Errors
/// [`BuildError::Client`].
pub fn build(settings: ClientSettings) -> Result<Client, BuildError> {
    let builder = Client::builder()
        .user_agent(concat!("tongxing/", env!("CARGO_PKG_VERSION")))
        .timeout(settings.timeout)
        .connect_timeout(settings.connect_timeout)
        // Shorter than the five seconds after which many servers close an idle connection: a
        // message written into one that is closing would end up `unknown`.
        .pool_idle_timeout(Duration::from_secs(4))
        .redirect(redirect::Policy::none())
        // Whether to try again is for the worker to decide, where attempts are counted.
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy();
    let builder = if settings.allow_private_addresses {
        builder
    } else {
        builder.dns_resolver(PublicOnly)
    };
    builder
        .build()
        .map_err(|error| BuildError::Client(error.without_url()))
}

/// The URL in `text`. An address written in it never meets the resolver, so it is judged here.
///
/// # Errors
/// [`BuildError::Url`], [`BuildError::PrivateAddress`].
pub fn check_url(text: &SecretString, allow_private_addresses: bool) -> Result<Url, BuildError> {
    let url = Url::parse(text.expose_secret()).or(Err(BuildError::Url))?;
    let host = url
        .host_str()
        .filter(|host| !host.is_empty())
        .ok_or(BuildError::Url)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(BuildError::Url);
    }
    let literal = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    if !allow_private_addresses && literal.is_ok_and(|address| !is_public(address)) {
        return Err(BuildError::PrivateAddress);
    }
    Ok(url)
}

/// What the client writes into the header `Host`: the port stands there unless it is the usual one.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// At most `limit` bytes of the answer's body; what comes after, or after a break, is left.
pub async fn read_bounded(mut response: Response, limit: usize) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = limit.saturating_sub(body.len());
        body.extend(chunk.iter().take(room));
        if room <= chunk.len() {
            break;
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_not_public_are_refused_however_written() {
        let refused = [
            "http://127.0.0.1/in",
            "http://127.1/in",
            "http://0x7f000001/in",
            "http://2130706433/in",
            "https://10.0.0.8:8443",
            "http://[::1]/in",
            "http://[::ffff:10.0.0.1]/",
            "http://169.254.169.254/latest/meta-data",
            "http://127.0.0.1./",
        ];
        for text in refused {
            let error = check_url(&text.into(), false).unwrap_err();
            assert!(matches!(error, BuildError::PrivateAddress), "{text}");
            assert!(check_url(&text.into(), true).is_ok(), "{text}");
        }
        assert!(check_url(&"https://sms.example.gov.cn/in".into(), false).is_ok());
    }

    #[test]
    fn what_is_no_web_address_is_refused_without_being_shown() {
        for text in [
            "",
            "sms.example.gov.cn",
            "/in",
            "ftp://hunter2@a",
            "file:///etc/passwd",
        ] {
            let error = check_url(&text.into(), true).unwrap_err();
            assert!(matches!(error, BuildError::Url), "{text}");
            assert!(!format!("{error:?} {error}").contains("hunter2"));
        }
    }
}
