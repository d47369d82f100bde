//! What it takes to be let in: attempts that are counted, second factors, and what a session may not
//! do yet.

mod attempt;
mod let_in;
mod restriction;
mod second_factor;

pub use attempt::Attempt;
pub use let_in::{LetIn, Proven, invalid, let_in};
pub use restriction::restriction_of;
pub use second_factor::prove;
