//! What commands say.

use std::{
    error::Error,
    io::{self, Write as _},
};

/// A line on stdout: the answer of a command.
pub fn say(line: impl AsRef<str>) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{}", line.as_ref())
}

/// What is wrong, with its causes, on stderr.
pub fn complain(error: &(dyn Error + 'static)) {
    let mut text = format!("tongxing: {error}\n");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!("  caused by: {error}\n"));
        cause = error.source();
    }
    // Nobody is left to tell when stderr is closed.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
