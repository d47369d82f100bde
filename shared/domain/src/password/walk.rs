//! Passwords that need no guessing: one piece over and over, or fingers walking over the keys.

/// Rows and columns of the keyboard, the alphabet and the digits. Walked in both directions.
const PATHS: [&str; 15] = [
    // Round once more: the row of digits begins again where it ends.
    "12345678901234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "qazwsxedcrfvtgbyhnujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "a1s2d3f4g5h6j7k8l9",
];

/// Shortest walk.
const STEPS: usize = 3;

/// Whether one piece, at most a third of the whole, is all there is.
pub(super) fn repeats(characters: &[char]) -> bool {
    (1..=characters.len() / 3).any(|piece| {
        let again = characters.iter().skip(piece);
        characters.iter().zip(again).all(|(one, next)| one == next)
    })
}

/// Whether the whole falls apart into walks and runs of one key.
pub(super) fn is_made_of_walks(characters: &[char]) -> bool {
    let mut rest = characters;
    while !rest.is_empty() {
        let longest = PATHS
            .iter()
            .flat_map(|path| [along(rest, path.chars()), along(rest, path.chars().rev())])
            .chain([run(rest)])
            .max()
            .unwrap_or(0);
        match rest.get(longest..) {
            Some(after) if longest >= STEPS => rest = after,
            _ => return false,
        }
    }
    true
}

/// How far `characters` follow a path from wherever on it they begin.
fn along(characters: &[char], path: impl Iterator<Item = char>) -> usize {
    let path: Vec<char> = path.collect();
    let from = characters
        .first()
        .and_then(|first| path.iter().position(|key| key == first));
    from.and_then(|from| path.get(from..)).map_or(0, |path| {
        let pairs = characters.iter().zip(path);
        pairs.take_while(|(one, key)| one == key).count()
    })
}

/// How often the first key is hit.
fn run(characters: &[char]) -> usize {
    let first = characters.first();
    characters
        .iter()
        .take_while(|one| Some(*one) == first)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn walks_are_found_in_both_directions_and_one_after_another() {
        for text in [
            "qwerty123456",
            "0987654321",
            "1qaz2wsx",
            "aaa111222",
            "1q2w3e4r5t",
            "mnbvcxz",
        ] {
            assert!(is_made_of_walks(&chars(text)), "{text}");
        }
        for text in ["qwerty12x", "horse", "1qaz2wsx!", "abcd-efgh"] {
            assert!(!is_made_of_walks(&chars(text)), "{text}");
        }
    }

    #[test]
    fn a_piece_is_repeated_three_times_at_least() {
        assert!(repeats(&chars("abcdabcdabcd")));
        assert!(repeats(&chars("xxxx")));
        assert!(!repeats(&chars("bonbon")));
        assert!(!repeats(&chars("abcdabcdabce")));
    }
}
