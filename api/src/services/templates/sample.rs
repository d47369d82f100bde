//! Values to try a text with.

use domain::template::{Placeholder, Variables};

/// The signature of the examples.
pub(in crate::services) const SIGNATURE: &str = "城东服务站";

/// Values as long as they usually get.
pub(in crate::services) fn long_values() -> Variables {
    Variables::new()
        .with(Placeholder::Name, "欧阳先生")
        .with(Placeholder::Date, "12月31日")
        .with(Placeholder::Day, "2026年12月31日")
        .with(Placeholder::Time, "17:00")
        .with(Placeholder::Contact, "李老师")
        .with(Placeholder::Phone, "0571-88880000")
        .with(Placeholder::Count, "12")
        .with(Placeholder::Code, "012345")
}
