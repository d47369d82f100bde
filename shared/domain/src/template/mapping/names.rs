//! What gateways call the variables of a filed template.

use super::{TemplateGateway, bad};
use crate::{
    Refusal,
    channel_limits::{Misfit, wechat},
};

/// Checks what the variable at `index` is called.
///
/// # Errors
/// `invalid_value` at its name, for one that the gateway does not know.
pub(super) fn check_name(
    gateway: TemplateGateway,
    index: usize,
    name: &str,
) -> Result<(), Refusal> {
    match gateway {
        TemplateGateway::Aliyun => {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
            if !begins || name.len() > 32 || !name.chars().all(plain) {
                return Err(at_name(
                    index,
                    "a variable has 1 to 32 letters, digits and _, a letter first",
                ));
            }
        }
        TemplateGateway::Tencent => {
            if name != index.saturating_add(1).to_string() {
                return Err(at_name(
                    index,
                    "variables are named by their positions: 1, 2, 3",
                ));
            }
        }
        TemplateGateway::Wechat => {
            let rule = name.trim_end_matches(|c: char| c.is_ascii_digit());
            let digits = name.len().saturating_sub(rule.len());
            let unknown = wechat::check(name, "1") == Err(Misfit::UnknownRule);
            if unknown || !(1..=2).contains(&digits) {
                return Err(at_name(
                    index,
                    "a field is named by its type and a number, like thing1",
                ));
            }
        }
    }
    Ok(())
}

/// A refusal at the name of the variable at `index`.
pub(super) fn at_name(index: usize, detail: &str) -> Refusal {
    bad(&format!("/params/{index}/name"), detail)
}
