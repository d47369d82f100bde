//! What gateways report back.

pub mod receive;
