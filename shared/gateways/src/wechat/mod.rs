//! WeChat: a client's sign-in to the mini program.

pub mod sign_in;
