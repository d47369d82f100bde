//! Sign-ins of clients.

pub mod create;
pub mod create_by_wechat;
pub mod delete;
pub mod refresh;
pub mod request_code;
