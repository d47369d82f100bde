//! ACS3-HMAC-SHA256 as the vendor checks it, by code of its own: from the query and the body as they came
//! over the wire, before anything is decoded.

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
    if request.header("x-acs-content-sha256") != Some(&hash) || !is_canonical(request.query()) {
        return Err(mismatch);
    }
    let expected = signature(request, &names, secret).ok_or(mismatch)?;
    if field("Signature") == Some(&expected) {
        Ok(())
    } else {
        Err(mismatch)
    }
}

/// What a client that holds this key writes into `Authorization` of this request; `names` are the
/// headers it signs.
///
/// # Panics
/// When the request has none of such a name.
pub fn authorization(request: &Request, names: &[&str], key_id: &str, secret: &str) -> String {
    let signature = signature(request, names, secret).unwrap();
    let names = names.join(";");
    format!("ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signature}")
}

/// `None` when a header is signed that is not there.
fn signature(request: &Request, names: &[&str], secret: &str) -> Option<String> {
    let mut lines = vec![
        request.method.clone(),
        request.path().to_owned(),
        request.query().to_owned(),
    ];
    for name in names {
        lines.push(format!("{name}:{}", request.header(name)?.trim()));
    }
    let hash = hex(digest(&SHA256, &request.body));
    lines.extend([String::new(), names.join(";"), hash]);
    let canonical = lines.join("\n");
    let signed = format!(
        "ACS3-HMAC-SHA256\n{}",
        hex(digest(&SHA256, canonical.as_bytes()))
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    Some(hex(hmac::sign(&key, signed.as_bytes())))
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

/// Whether the names are in order, and names and values are written as RFC 3986 has it: everything but
/// the unreserved characters as `%` and two large hexadecimal digits, and those as they are.
fn is_canonical(query: &str) -> bool {
    let names = query.split('&').map(|pair| pair.split_once('='));
    let names: Option<Vec<&str>> = names.map(|pair| Some(pair?.0)).collect();
    let in_order = query.is_empty() || names.is_some_and(|names| names.is_sorted());
    in_order && query.split(['&', '=']).all(is_encoded)
}

fn is_encoded(text: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    let mut parts = text.split('%');
    let plain = parts.next().unwrap_or_default();
    plain.bytes().all(unreserved)
        && parts.all(|part| {
            let Some((digits, rest)) = part.split_at_checked(2) else {
                return false;
            };
            let byte = u8::from_str_radix(digits, 16);
            digits.bytes().all(is_digit)
                && byte.is_ok_and(|byte| !unreserved(byte))
                && rest.bytes().all(unreserved)
        })
}

/// Small hexadecimal digits.
pub(in crate::fakes) fn hex(bytes: impl AsRef<[u8]>) -> String {
    let one = |byte: &u8| format!("{byte:02x}");
    bytes.as_ref().iter().map(one).collect::<Vec<_>>().concat()
}
