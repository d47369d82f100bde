//! WeChat: a client's sign-in to the mini program, messages of the service account and of the mini
//! program, and what the platform calls back about.

mod account;
mod answer;
pub mod callback;
mod follower;
pub mod sign_in;
mod subscribe;
mod template;

pub use self::{
    account::{Account, AccountSettings, BASE_URL},
    answer::says_no_credit,
    follower::Follower,
    subscribe::{MiniProgramState, SubscribeGateway},
    template::{REPETITION_KNOWN_FOR, TemplateGateway},
};
