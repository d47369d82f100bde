//! Why the demo did not come to its end.

use std::{error::Error, io, path::PathBuf};

/// Why the demo did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The directory holds something else.
    #[error(
        "{} is not empty and not a demo's: choose another --data, or none",
        .0.display()
    )]
    ForeignDirectory(PathBuf),
    /// A file or a socket.
    #[error("the machine refused")]
    Io(#[source] io::Error),
    /// A directory or file of the demo.
    #[error("{} cannot be used", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// A part of the product did not start.
    #[error("the sandbox did not start")]
    Start(#[source] Box<dyn Error + Send + Sync>),
    /// The API did not answer.
    #[error("{0} did not answer")]
    Silent(String, #[source] reqwest::Error),
    /// The API answered something else than the story says.
    #[error("expected {call} to be done, but it answered {status}: {body}")]
    Refused {
        /// Method and path.
        call: String,
        /// HTTP status.
        status: u16,
        /// What it said; all people in a demo are made up.
        body: String,
    },
    /// Something did not come out as told.
    #[error("expected {expected}, but found {found}")]
    Otherwise {
        /// What the story says.
        expected: String,
        /// What is.
        found: String,
    },
    /// Ctrl-C during the story.
    #[error("interrupted")]
    Interrupted,
}

impl DemoError {
    /// For `map_err` on whatever a part of the product says while it starts.
    pub fn start(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Start(error.into())
    }
}

/// Goes on only if `holds`.
pub fn ensure(
    holds: bool,
    expected: impl Into<String>,
    found: impl ToString,
) -> Result<(), DemoError> {
    if holds {
        return Ok(());
    }
    Err(DemoError::Otherwise {
        expected: expected.into(),
        found: found.to_string(),
    })
}
