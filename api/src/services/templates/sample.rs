//! Values to try a text with.

use domain::template::{Placeholder, Variables};
use storage::offices::Office;

/// The signature of the examples.
const SIGNATURE: &str = "城东服务站";

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

/// What a text is tried with.
pub(in crate::services) struct Sample {
    /// In front of every text.
    pub signature: String,
    /// What fills its places.
    pub data: Variables,
}

impl Sample {
    /// Long values and a signature of five characters.
    pub fn usual() -> Self {
        Self {
            signature: SIGNATURE.to_owned(),
            data: long_values(),
        }
    }

    /// With what an office has of its own.
    pub fn of(office: &Office) -> Self {
        Self {
            signature: office.message_signature.clone(),
            data: long_values()
                .with(Placeholder::Phone, &office.phone)
                .with(Placeholder::Time, &office.visits_until),
        }
    }
}
