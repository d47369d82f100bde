//! What providers post to us.

mod answer;
pub mod receive_receipts;
