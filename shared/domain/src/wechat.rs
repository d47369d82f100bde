//! WeChat accounts of clients.

use crate::coded;

coded! {
    /// Which of the office's own accounts with WeChat a person's openid belongs to: the same person has
    /// another openid with each (WeChat, "UnionID 机制说明").
    WechatApp {
        /// The mini program: signing in, and notices the client subscribed to.
        MiniProgram = "mini_program",
        /// The service account: template messages.
        ServiceAccount = "service_account",
    }
}
