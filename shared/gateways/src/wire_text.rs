//! What is kept of texts that gateways send: codes and references, nothing of a sentence.

/// Longest code kept; a longer one is cut.
const CODE_CHARS: usize = 64;
/// Longest reference of a gateway that is kept.
const REFERENCE_CHARS: usize = 128;

/// Only what a code is made of: letters, digits and `_ - . :`, so that no name or sentence slips
/// into the record with it.
pub(crate) fn code(text: &str) -> Option<String> {
    let allowed = |letter: &char| letter.is_ascii_alphanumeric() || "_-.:".contains(*letter);
    let kept: String = text.chars().filter(allowed).take(CODE_CHARS).collect();
    (!kept.is_empty()).then_some(kept)
}

/// A gateway's own reference, in one line.
pub(crate) fn reference(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|c| !c.is_control())
        .take(REFERENCE_CHARS)
        .collect();
    (!kept.is_empty()).then_some(kept)
}
