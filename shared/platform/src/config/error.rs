//! What is wrong with the settings, in words for whoever runs the process.

use std::{io, path::PathBuf};

/// Why settings were refused. Never contains a value that may be a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file named by the settings, or the settings file, cannot be read.
    #[error("cannot read {path} ({what}): {source}")]
    Unreadable {
        /// What the file is for: a key, or "the settings file".
        what: String,
        path: PathBuf,
        source: io::Error,
    },
    /// The settings file is not TOML. The text of the line is left out: it may be a secret.
    #[error("{path} is not valid TOML, line {line}: {message}")]
    Syntax {
        path: PathBuf,
        line: usize,
        message: String,
    },
    /// Files with secrets that others can read. One line each.
    #[error("files with secrets can be read or written by others:\n- {}", .0.join("\n- "))]
    Exposed(Vec<String>),
    /// A key that does not exist, or a value of the wrong kind.
    #[error("{0}")]
    Refused(String),
    /// Settings that are each valid and together are not. One line each.
    #[error("the settings contradict each other:\n- {}", .0.join("\n- "))]
    Contradictions(Vec<String>),
}

/// Words for an error of the `config` crate, without the value at fault.
pub(super) fn refused(error: &::config::ConfigError) -> ConfigError {
    ConfigError::Refused(describe(error))
}

fn describe(error: &::config::ConfigError) -> String {
    use ::config::ConfigError as E;
    let place = |key: &Option<String>, origin: &Option<String>| {
        let key = key.as_deref().unwrap_or("settings");
        origin
            .as_deref()
            .map_or_else(|| key.to_owned(), |origin| format!("{key} ({origin})"))
    };
    match error {
        E::Type {
            origin,
            expected,
            key,
            ..
        } => {
            format!("{}: not {expected}", place(key, origin))
        }
        E::At { error, origin, key } => format!("{}: {}", place(key, origin), describe(error)),
        E::Message(text) => without_value(text),
        other => other.to_string(),
    }
}

/// serde's "invalid type: string "…", expected …" without the value in its middle.
fn without_value(text: &str) -> String {
    match text.rsplit_once(", expected ") {
        Some((start, expected)) if start.starts_with("invalid ") => format!("not {expected}"),
        _ => text.to_owned(),
    }
}
