//! The accounts that messages leave by, as the settings list them.

use std::sync::Arc;

use domain::template::TemplateGateway;

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name in the settings.
    pub name: String,
    /// Set where it sends only what is filed with it; others take the whole text.
    pub files: Option<TemplateGateway>,
}

/// Every account. Cheap to clone. The worker reads the same settings.
#[derive(Debug, Clone, Default)]
pub struct Accounts(Arc<[Account]>);

impl Accounts {
    /// These accounts, with what each files.
    pub fn of<'a>(accounts: impl IntoIterator<Item = (&'a str, Option<TemplateGateway>)>) -> Self {
        let accounts = accounts.into_iter().map(|(name, files)| Account {
            name: name.to_owned(),
            files,
        });
        Self(accounts.collect())
    }

    /// The accounts, in the order of the settings.
    pub fn all(&self) -> &[Account] {
        &self.0
    }

    /// Whether there is an account of this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|account| account.name == name)
    }
}
