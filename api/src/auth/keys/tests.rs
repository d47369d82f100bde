use std::path::PathBuf;

use super::*;

const LIFE: TimeDelta = TimeDelta::minutes(15);

/// A directory of its own, gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("tongxing-keys-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _gone_already = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _best_effort = std::fs::remove_dir_all(&self.0);
    }
}

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_750_000_000, 0).unwrap() + TimeDelta::minutes(minute)
}

fn shown(keys: &SigningKeys, minute: i64) -> Vec<String> {
    let public = keys.public(at(minute), LIFE);
    public.into_iter().map(|key| key.kid).collect()
}

fn signing(keys: &SigningKeys, minute: i64) -> String {
    keys.signer(at(minute)).unwrap().kid.clone()
}

#[test]
fn a_new_key_is_shown_before_it_signs_and_an_old_one_until_its_tokens_are_gone() {
    let folder = Folder::new("turns");
    let keys = SigningKeys::load_or_create(&folder.0, at(0)).unwrap();
    let first = signing(&keys, 0);
    let second = SigningKeys::rotate(&folder.0, at(60), LIFE).unwrap();
    assert_eq!(
        shown(&keys, 60),
        std::slice::from_ref(&first),
        "not read yet"
    );
    assert!(!keys.is_due(at(0), false) && keys.is_due(at(1), false));
    assert!(!keys.read_again(at(61)), "no key has gone");
    for (minute, signs, public) in [
        (61, &first, [&first, &second].as_slice()),
        (69, &first, &[&first, &second]),
        (70, &second, &[&first, &second]),
        (85, &second, &[&first, &second]),
        (86, &second, &[&second]),
    ] {
        assert_eq!(signing(&keys, minute), *signs, "{minute}");
        assert_eq!(
            shown(&keys, minute).iter().collect::<Vec<_>>(),
            public,
            "{minute}"
        );
        let known = keys.verifier(&first, at(minute), LIFE).is_some();
        assert_eq!(known, public.contains(&&first), "{minute}");
    }
    assert!(keys.verifier("made-up", at(61), LIFE).is_none());
}

#[test]
fn a_rotation_clears_away_what_is_spent() {
    let folder = Folder::new("spent");
    let keys = SigningKeys::load_or_create(&folder.0, at(0)).unwrap();
    let second = SigningKeys::rotate(&folder.0, at(60), LIFE).unwrap();
    let third = SigningKeys::rotate(&folder.0, at(120), LIFE).unwrap();
    assert!(keys.read_again(at(121)), "the first has gone");
    assert_eq!(shown(&keys, 121), [second.clone(), third.clone()]);
    assert_eq!(signing(&keys, 121), second);
    let only = SigningKeys::replace(&folder.0, at(122)).unwrap();
    assert!(keys.read_again(at(123)));
    assert_eq!(shown(&keys, 123), std::slice::from_ref(&only));
    assert_eq!(signing(&keys, 123), only, "it signs at once");
    assert!(keys.verifier(&third, at(123), LIFE).is_none());
}

#[test]
fn keys_that_cannot_be_read_again_go_on() {
    let folder = Folder::new("unreadable");
    let keys = SigningKeys::load_or_create(&folder.0, at(0)).unwrap();
    let first = signing(&keys, 0);
    std::fs::write(folder.0.join("broken.pk8"), b"not a key").unwrap();
    assert!(!keys.read_again(at(1)));
    assert_eq!(signing(&keys, 1), first);
    std::fs::remove_dir_all(&folder.0).unwrap();
    assert!(!keys.read_again(at(2)));
    assert_eq!(shown(&keys, 2), [first]);
}

#[test]
fn a_made_up_kid_does_not_make_us_read_at_will() {
    let folder = Folder::new("unknown");
    let keys = SigningKeys::load_or_create(&folder.0, at(0)).unwrap();
    let later = |seconds| at(0) + TimeDelta::seconds(seconds);
    assert!(!keys.is_due(later(4), true));
    assert!(keys.is_due(later(5), true));
    assert!(!keys.is_due(later(5), false));
    assert!(!SigningKeys::ephemeral().unwrap().is_due(at(9_999), true));
}
