//! What providers post to us.

mod answer;
pub mod check_wechat;
pub mod receive_receipts;
pub mod receive_replies;
pub mod receive_wechat;
