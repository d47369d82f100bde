//! What clients see and do about themselves.

pub mod appointments;
pub mod bind_wechat;
pub mod check_in;
pub mod confirm;
pub mod correction;
pub mod end_session;
pub mod excuse;
pub mod export;
pub mod get;
pub mod give_consent;
pub mod help;
pub mod ledger;
pub mod list_consents;
pub mod list_wechat;
pub mod sessions;
pub mod unbind_wechat;
pub mod withdraw_consent;
