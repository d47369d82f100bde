//! A message as a tree of named texts, whichever of the two forms it came in.

/// One named part of a message. `Debug` shows no text.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Element {
    /// Its name; empty for the message itself.
    pub name: String,
    /// What stands in it, outside of its parts.
    pub text: String,
    /// Its parts, in order.
    pub parts: Vec<Element>,
}

impl Element {
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// The first part of this name.
    pub fn part(&self, name: &str) -> Option<&Self> {
        self.parts.iter().find(|part| part.name == name)
    }

    /// The text of the first part of this name, without spaces around it; `None` when it is empty.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        let text = self.part(name)?.text.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Every part of this name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.parts.iter().filter(move |part| part.name == name)
    }
}

impl std::fmt::Debug for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Element")
            .field("name", &self.name)
            .field("parts", &self.parts)
            .finish_non_exhaustive()
    }
}
