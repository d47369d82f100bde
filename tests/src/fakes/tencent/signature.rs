//! TC3-HMAC-SHA256 as the vendor checks it, by code of its own: from what came over the wire, before
//! anything is decoded.

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac,
};
use chrono::{DateTime, Utc};

use crate::fakes::{aliyun::hex, wire::Request};

/// Whether a request to a service was signed with this key at the instant it names; answers that
/// instant.
///
/// # Errors
/// The vendor's code.
pub fn verify(
    request: &Request,
    service: &str,
    secret_id: &str,
    secret: &str,
) -> Result<DateTime<Utc>, &'static str> {
    let invalid = "AuthFailure.InvalidAuthorization";
    let seconds = request.header("x-tc-timestamp").ok_or("MissingParameter")?;
    let at = seconds.parse().ok();
    let at = at.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let at = at.ok_or("InvalidParameter")?;
    let authorization = request.header("authorization").ok_or(invalid)?;
    let fields = authorization
        .strip_prefix("TC3-HMAC-SHA256 ")
        .ok_or(invalid)?;
    let field = |name: &str| {
        let mut fields = fields.split(", ").filter_map(|field| field.split_once('='));
        fields
            .find(|(given, _)| *given == name)
            .map(|(_, value)| value)
    };
    let credential = field("Credential").ok_or(invalid)?;
    let (id, scope) = credential.split_once('/').ok_or(invalid)?;
    if id != secret_id {
        return Err("AuthFailure.SecretIdNotFound");
    }
    let date = at.format("%Y-%m-%d").to_string();
    if scope != format!("{date}/{service}/tc3_request") {
        return Err("AuthFailure.SignatureFailure");
    }
    let names = field("SignedHeaders").ok_or(invalid)?;
    if !["content-type", "host"]
        .iter()
        .all(|must| names.split(';').any(|it| it == *must))
    {
        return Err(invalid);
    }
    let mut lines = vec![
        request.method.clone(),
        request.path().to_owned(),
        request.query().to_owned(),
    ];
    for name in names.split(';') {
        let value = request.header(name).ok_or(invalid)?;
        // The vendor writes all values small but that of the type.
        let value = match name {
            "content-type" => value.to_owned(),
            _ => value.to_ascii_lowercase(),
        };
        lines.push(format!("{name}:{}", value.trim()));
    }
    lines.extend([
        String::new(),
        names.to_owned(),
        hex(digest(&SHA256, &request.body)),
    ]);
    let canonical = lines.join("\n");
    let signed = format!(
        "TC3-HMAC-SHA256\n{seconds}\n{scope}\n{}",
        hex(digest(&SHA256, canonical.as_bytes()))
    );
    let step = |key: &[u8], data: &str| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data.as_bytes())
    };
    let key = step(format!("TC3{secret}").as_bytes(), &date);
    let key = step(step(key.as_ref(), service).as_ref(), "tc3_request");
    if field("Signature") == Some(&hex(step(key.as_ref(), &signed))) {
        Ok(at)
    } else {
        Err("AuthFailure.SignatureFailure")
    }
}
