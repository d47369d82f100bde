//! `tongxing openapi`.

use std::io::{self, Write as _};

use api::openapi::Document;

/// Prints the document.
pub fn run() -> io::Result<()> {
    io::stdout().lock().write_all(&Document::default().text())
}
