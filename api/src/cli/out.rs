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
    let mut lines = vec![format!("tongxing: {error}")];
    let mut cause = error.source();
    while let Some(error) = cause {
        lines.push(format!("  caused by: {error}"));
        cause = error.source();
    }
    lines.push(String::new());
    // Nobody is left to tell when stderr is closed.
    let _ = io::stderr().lock().write_all(lines.join("\n").as_bytes());
}
