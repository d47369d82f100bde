//! What a unit of work answers, before it becomes an HTTP response.

use std::fmt::Display;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use serde::{Deserialize, Serialize};

use crate::extract::page::Page;

/// The answer of an operation: a view, and what goes into status line and headers.
#[derive(Debug)]
pub struct Answer<T> {
    status: StatusCode,
    view: Option<T>,
    object_id: Option<String>,
    reason: Option<String>,
    etag: Option<i64>,
    location: Option<String>,
    next_cursor: Option<String>,
}

impl<T> Answer<T> {
    /// 200 with a view.
    pub fn ok(view: T) -> Self {
        Self {
            status: StatusCode::OK,
            view: Some(view),
            object_id: None,
            reason: None,
            etag: None,
            location: None,
            next_cursor: None,
        }
    }

    /// 201 with a view of what now is at `location`.
    pub fn created(location: String, view: T) -> Self {
        Self {
            status: StatusCode::CREATED,
            location: Some(location),
            ..Self::ok(view)
        }
    }

    /// Says which object it was about, for the audit trail.
    #[must_use]
    pub fn about(mut self, id: impl Display) -> Self {
        self.object_id = Some(id.to_string());
        self
    }

    /// Says why it was done, for the audit trail: codes, never what somebody typed.
    #[must_use]
    pub fn because(mut self, reason: String) -> Self {
        self.reason = Some(reason);
        self
    }

    /// With the version of the object as its `ETag`.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.etag = Some(version);
        self
    }

    /// The object it was about.
    pub(crate) fn object_id(&self) -> Option<String> {
        self.object_id.clone()
    }

    /// Why it was done.
    pub(crate) fn reason(&self) -> Option<String> {
        self.reason.clone()
    }
}

impl Answer<()> {
    /// 204, nothing to say.
    pub fn done() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            view: None,
            ..Self::ok(())
        }
    }
}

impl<T> Answer<Page<T>> {
    /// 200 with a page of a list, and a `Link` to the next one.
    pub fn page(page: Page<T>) -> Self {
        let next_cursor = page.next_cursor.clone();
        Self {
            next_cursor,
            ..Self::ok(page)
        }
    }
}

impl<T: Serialize> Answer<T> {
    /// The answer as it goes out.
    pub(crate) fn written(self) -> Result<Written, serde_json::Error> {
        Ok(Written {
            status: self.status.as_u16(),
            body: self
                .view
                .as_ref()
                .map(serde_json::to_string)
                .transpose()?
                .unwrap_or_default(),
            etag: self.etag,
            location: self.location,
            next_cursor: self.next_cursor,
        })
    }
}

/// An answer as it goes out, and as it is kept under an idempotency key.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Written {
    pub status: u16,
    pub body: String,
    pub etag: Option<i64>,
    pub location: Option<String>,
    #[serde(skip)]
    pub next_cursor: Option<String>,
}

impl Written {
    /// The response; `path` and `query` of the request make the link to the next page.
    pub(crate) fn respond(self, path: &str, query: &str) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
        if let Some(version) = self.etag {
            response.insert_header((header::ETAG, format!("\"{version}\"")));
        }
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(cursor) = self.next_cursor {
            response.insert_header((header::LINK, next_link(path, query, &cursor)));
        }
        if self.body.is_empty() {
            return response.finish();
        }
        response.insert_header((
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ));
        response.body(self.body)
    }
}

/// RFC 8288. A cursor is hexadecimal: nothing in it needs escaping.
fn next_link(path: &str, query: &str, cursor: &str) -> String {
    let mut link = format!("<{path}?");
    for pair in query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="))
    {
        link.push_str(pair);
        link.push('&');
    }
    link.push_str("cursor=");
    link.push_str(cursor);
    link.push_str(">; rel=\"next\"");
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_keeps_the_filters_and_moves_the_cursor() {
        assert_eq!(
            next_link("/v1/cases", "status=active&cursor=aa&limit=2", "bb"),
            "</v1/cases?status=active&limit=2&cursor=bb>; rel=\"next\""
        );
        assert_eq!(
            next_link("/v1/cases", "", "bb"),
            "</v1/cases?cursor=bb>; rel=\"next\""
        );
    }
}
