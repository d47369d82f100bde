//! Vendors as they answer: real servers that check what a vendor checks, and do as they are told.

pub mod aliyun;
mod mainland;
pub mod script;
pub mod smtp;
pub mod tencent;
pub mod webhook;
pub mod wechat;
pub mod wecom;
pub mod wire;
