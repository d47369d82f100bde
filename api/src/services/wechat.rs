//! Clients' WeChat accounts: asking WeChat who it is, and whose account that is.

mod bind;
mod find;
mod identify;

pub use self::{
    bind::{bind, bound, is_taken, may_bind},
    find::{Found, find, is_elsewhere},
    identify::{check_code, identify, not_a_code, program},
};
