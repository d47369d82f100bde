//! The rules of community drug treatment and rehabilitation, as pure functions.
//!
//! Nothing here reads a clock, draws a random number or does I/O: time is an argument, and every
//! answer carries its reason. Sources of rules are cited where they are implemented.

pub mod area;
pub mod audit;
pub mod cadence;
pub mod calendar;
pub mod case_status;
pub mod channel_limits;
pub mod coded;
pub mod consent;
pub mod contact;
pub mod cover;
pub mod delivery;
pub mod emergency;
pub mod error;
pub mod escalation;
pub mod excuse;
pub mod family_contact;
pub mod freezing;
pub mod gateway_post;
pub mod ids;
pub mod ladder;
pub mod local_time;
pub mod lockout;
pub mod machine;
pub mod message_budget;
pub mod miss;
pub mod page;
pub mod password;
pub mod provider_choice;
pub mod reply;
pub mod report_in;
pub mod retention;
pub mod role;
pub mod rule_pack;
pub mod sign_in_code;
pub mod staff_notice;
pub mod subscription_credit;
pub mod template;
pub mod test_record;
pub mod wechat;
pub mod wording;
pub mod words;

pub use error::{Refusal, RefusalCode};
pub use ids::*;
pub use words::*;
