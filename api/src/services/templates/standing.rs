//! How a step stands: what is in force, and what waits.

use casework::Work;
use domain::{MessageKind, template::TextStatus};
use storage::{
    template_versions::{self, TemplateVersion},
    templates::{self, SavedTemplate},
};

use crate::failure::Failure;

/// A step's own texts. Without any the one that ships is in force.
pub(super) struct Standing {
    /// Keeps count; `None`: nothing was ever written for the step.
    pub row: Option<SavedTemplate>,
    /// In force.
    pub active: Option<TemplateVersion>,
    /// Waits for its review, or was sent back and nothing happened since.
    pub draft: Option<TemplateVersion>,
}

impl Standing {
    pub(super) fn of(
        work: &mut Work<'_, '_>,
        kind: MessageKind,
        step: &str,
    ) -> Result<Self, Failure> {
        let row = templates::get(work.tx, work.agency, kind, step)?;
        let versions = template_versions::of_step(work.tx, work.agency, kind, step)?;
        Ok(Self::from(row, versions))
    }

    pub(super) fn from(row: Option<SavedTemplate>, versions: Vec<TemplateVersion>) -> Self {
        let count = row.as_ref().map_or(0, |row| row.version);
        let mut standing = Self {
            row,
            active: None,
            draft: None,
        };
        for version in versions {
            match version.status {
                TextStatus::Active => standing.active = Some(version),
                TextStatus::Draft => standing.draft = Some(version),
                // The rejection is what happened last.
                TextStatus::Rejected if version.version.saturating_add(1) == count => {
                    standing.draft = Some(version);
                }
                TextStatus::Rejected | TextStatus::Retired | TextStatus::Withdrawn => {}
            }
        }
        standing
    }

    /// The count that people see; `None`: there is nothing of the agency's own.
    pub(super) fn version(&self) -> Option<i64> {
        let own = self.active.is_some() || self.draft.is_some();
        self.row.as_ref().filter(|_| own).map(|row| row.version)
    }
}
