//! What a client reads was seen by two people: also the words that stand in a card every time.

use super::{Mapping, bad};
use crate::{
    Refusal,
    template::{Template, dated, neutral},
};

impl Mapping {
    /// Checks that fixed words stand in a reviewed text: the one they are filed for, or one of the kind that
    /// ships.
    ///
    /// # Errors
    /// `invalid_value` at the words that stand in none.
    pub fn check_reviewed(&self) -> Result<(), Refusal> {
        let kind = self.filing.kind;
        let texts = [Some(&self.text), dated(kind), Some(neutral(kind))];
        let stands = |words: &str| {
            let mut texts = texts.iter().flatten().map(|text| Template::text(text));
            texts.any(|text| text.contains(words))
        };
        let mut params = self.filing.params.iter();
        let of_nobody = |words: &String| !stands(words);
        match params.position(|param| param.value.as_ref().is_some_and(of_nobody)) {
            None => Ok(()),
            Some(index) => Err(bad(
                &format!("/params/{index}/value"),
                "fixed words have to stand in a reviewed text of this step: write them into it and have it \
                 reviewed first",
            )),
        }
    }
}
