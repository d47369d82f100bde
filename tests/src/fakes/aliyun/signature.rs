//! ACS3-HMAC-SHA256 as the vendor checks it: from what came over the wire, by code of its own.

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac,
};

use crate::fakes::wire::Request;

/// Whether a request was signed with this key, and its headers are those that were signed.
///
/// # Errors
/// Status and code of the vendor's refusal.
pub fn verify(request: &Request, key_id: &str, secret: &str) -> Result<(), (u16, &'static str)> {
    let mismatch = (400, "SignatureDoesNotMatch");
    let field = |name: &str| -> Option<&str> {
        let authorization = request.header("authorization")?;
        let fields = authorization.strip_prefix("ACS3-HMAC-SHA256 ")?;
        let mut fields = fields.split(',').filter_map(|field| field.split_once('='));
        Some(fields.find(|(given, _)| *given == name)?.1)
    };
    if field("Credential").ok_or(mismatch)? != key_id {
        return Err((404, "InvalidAccessKeyId.NotFound"));
    }
    let names: Vec<&str> = field("SignedHeaders").ok_or(mismatch)?.split(';').collect();
    if !names.is_sorted() || !covers_what_it_must(request, &names) {
        return Err(mismatch);
    }
    let hash = hex(digest(&SHA256, &request.body));
    if request.header("x-acs-content-sha256") != Some(&hash) {
        return Err(mismatch);
    }
    let mut lines = vec![
        request.method.clone(),
        request.path().to_owned(),
        parameters(request),
    ];
    for name in &names {
        let value = request.header(name).ok_or(mismatch)?;
        lines.push(format!("{name}:{}", value.trim()));
    }
    lines.extend([String::new(), names.join(";"), hash]);
    let canonical = lines.join("\n");
    let signed = format!(
        "ACS3-HMAC-SHA256\n{}",
        hex(digest(&SHA256, canonical.as_bytes()))
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let expected = hex(hmac::sign(&key, signed.as_bytes()));
    if field("Signature") == Some(&expected) {
        Ok(())
    } else {
        Err(mismatch)
    }
}

/// Host, type of a body, and everything of the vendor's own.
fn covers_what_it_must(request: &Request, names: &[&str]) -> bool {
    let must = |name: &str| {
        name == "host"
            || name.starts_with("x-acs-")
            || (name == "content-type" && !request.body.is_empty())
    };
    let mut given = request.headers.iter();
    given.all(|(name, _)| {
        let name = name.to_ascii_lowercase();
        !must(&name) || names.contains(&name.as_str())
    })
}

/// The parameters that arrived, sorted and encoded anew.
fn parameters(request: &Request) -> String {
    let url = reqwest::Url::parse(&format!("http://fake{}", request.target)).unwrap();
    let mut pairs: Vec<String> = url
        .query_pairs()
        .map(|(name, value)| format!("{}={}", encoded(&name), encoded(&value)))
        .collect();
    pairs.sort_unstable();
    pairs.join("&")
}

fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect::<Vec<_>>().concat()
}

/// Small hexadecimal digits.
pub(in crate::fakes) fn hex(bytes: impl AsRef<[u8]>) -> String {
    let one = |byte: &u8| format!("{byte:02x}");
    bytes.as_ref().iter().map(one).collect::<Vec<_>>().concat()
}
