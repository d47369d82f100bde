//! Numbers that are used once, for signatures that want one.

use std::{fmt, sync::Arc};

/// Draws numbers that do not repeat. Given from outside: this crate draws no random numbers.
#[derive(Clone)]
pub struct Nonces(Arc<dyn Fn() -> u128 + Send + Sync>);

impl Nonces {
    /// Nonces from `draw`, which must answer another number every time and be hard to guess.
    pub fn new(draw: impl Fn() -> u128 + Send + Sync + 'static) -> Self {
        Self(Arc::new(draw))
    }

    /// The next one, as 32 hexadecimal digits.
    pub(crate) fn draw(&self) -> String {
        format!("{:032x}", (self.0)())
    }
}

impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonces(..)")
    }
}
