//! The filters of a list, as its cursor is bound to them.

use std::fmt::Display;

/// Names and values of the filters in effect.
#[derive(Debug, Default)]
pub struct Filters(Vec<(&'static str, String)>);

impl Filters {
    /// Adds a filter if it is in effect.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Option<impl Display>) -> Self {
        if let Some(value) = value {
            self.0.push((name, value.to_string()));
        }
        self
    }

    /// In the order they were added, for [`domain::page::ListScope`].
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect()
    }
}
