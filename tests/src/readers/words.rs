//! Texts that administrators write, and durations of the sandbox.

use api::sandbox::Duration;
use domain::{
    template::{Placeholder, Template, Variables},
    wording::{self, WordList},
};

use super::text;

/// Whatever is filled in: what comes out discloses nothing, or does not come out.
pub fn template(bytes: &[u8]) {
    let words = WordList::shipped();
    let text = text(bytes);
    let (written, value) = text.split_once('\n').unwrap_or((&text, "王先生"));
    let Ok(template) = Template::parse(written, words) else {
        return;
    };
    assert_eq!(template.text(), written);
    let filled = Placeholder::ALL
        .iter()
        .fold(Variables::new(), |all, &place| all.with(place, value));
    if let Ok(rendered) = template.render(&filled, "城东服务站", words) {
        assert!(wording::lint_rendered(&rendered.text, words).is_ok());
        // One signature, and it is ours.
        assert!(rendered.text.starts_with("【城东服务站】"));
        assert_eq!(rendered.text.matches(['【', '】']).count(), 2);
        assert!(!rendered.text.chars().any(char::is_control), "{rendered:?}");
        assert!(rendered.parts >= 1);
        assert_eq!(rendered.chars, rendered.text.encode_utf16().count());
    }
}

/// A signature that is taken holds no word that a lock screen must not show.
pub fn signature_words(bytes: &[u8]) {
    let (words, text) = (WordList::shipped(), text(bytes));
    if wording::check_signature(&text, words).is_ok() {
        assert!(wording::lint(&text, words).is_empty());
    }
}

/// A duration is an instant later, or beyond the calendar.
pub fn duration(bytes: &[u8]) {
    if let Ok(duration) = text(bytes).parse::<Duration>() {
        let start = chrono::DateTime::UNIX_EPOCH;
        assert!(duration.after(start).is_none_or(|end| end >= start));
    }
}
