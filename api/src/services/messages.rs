//! Messages, read with what became of them.

mod list;
mod resend;
mod trail;

pub use self::{
    list::{get, list},
    resend::resend,
    trail::trail,
};
