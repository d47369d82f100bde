//! What a token request says: the parameters of its form, and the client's proof in one place.

use actix_web::{HttpRequest, http::header, web::Query};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::error::Refused;
use crate::{
    auth::client_secret::{ClientIdText, ClientSecret},
    extract::request::header as text_header,
};

/// A form has at most this many bytes.
const LONGEST: usize = 8 * 1024;

/// A token request, before anything of it is believed.
#[derive(Debug)]
pub(super) struct Asked {
    pub id: ClientIdText,
    /// `None`: what was sent cannot be a secret of ours.
    pub secret: Option<ClientSecret>,
    /// `None`: all scopes the client has.
    pub scope: Option<String>,
}

impl Asked {
    pub(super) fn read(http: &HttpRequest, body: &[u8]) -> Result<Self, Refused> {
        let form = form(http, body)?;
        let field = |name: &str| {
            let mut found = form.iter().filter(|(field, _)| field == name);
            match (found.next(), found.next()) {
                // RFC 6749 §3.2: a parameter without a value is left out, none comes twice.
                (Some((_, value)), None) => Ok(Some(value.as_str()).filter(|it| !it.is_empty())),
                (None, _) => Ok(None),
                _ => Err(Refused::InvalidRequest("a parameter stands there twice")),
            }
        };
        match field("grant_type")? {
            Some("client_credentials") => {}
            Some(_) => return Err(Refused::UnsupportedGrantType),
            None => return Err(Refused::InvalidRequest("grant_type is missing")),
        }
        let posted = (field("client_id")?, field("client_secret")?);
        let (id, secret) = match (basic(http)?, posted) {
            (Some((id, secret)), (None, None)) => (id, secret),
            // RFC 6749 §2.3: one method in a request.
            (Some(_), _) => {
                return Err(Refused::InvalidRequest(
                    "prove the client in the header or in the body, not in both",
                ));
            }
            (None, (Some(id), Some(secret))) => (id.to_owned(), secret.to_owned()),
            (None, _) => return Err(Refused::InvalidClient),
        };
        Ok(Self {
            id: ClientIdText::decode(&id).ok_or(Refused::InvalidClient)?,
            secret: ClientSecret::decode(&secret),
            scope: field("scope")?.map(str::to_owned),
        })
    }
}

fn form(http: &HttpRequest, body: &[u8]) -> Result<Vec<(String, String)>, Refused> {
    let is_form = text_header(http, header::CONTENT_TYPE.as_str())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| {
            kind.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
    if !is_form {
        return Err(Refused::InvalidRequest(
            "send the body as content-type application/x-www-form-urlencoded",
        ));
    }
    let unreadable = Refused::InvalidRequest("the form cannot be read");
    if body.len() > LONGEST {
        return Err(unreadable);
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(unreadable);
    };
    Query::<Vec<(String, String)>>::from_query(text)
        .map(Query::into_inner)
        .map_err(|_not_a_form| unreadable)
}

/// Client id and secret of `Authorization: Basic …` (RFC 7617). Ours have no character that would
/// have to be encoded.
fn basic(http: &HttpRequest) -> Result<Option<(String, String)>, Refused> {
    let Some(value) = text_header(http, header::AUTHORIZATION.as_str()) else {
        return Ok(None);
    };
    let pair = value
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    pair.as_deref()
        .and_then(|pair| pair.split_once(':'))
        .map(|(id, secret)| Some((id.to_owned(), secret.to_owned())))
        .ok_or(Refused::InvalidClient)
}
