//! Messages, read with what became of them.

mod list;
mod trail;

pub use self::{
    list::{get, list},
    trail::trail,
};
