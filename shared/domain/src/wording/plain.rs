//! A text evened out, so that a word is found however it is dressed up.

/// A character after evening out, and where it stood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Char {
    pub(super) c: char,
    pub(super) at: usize,
}

/// Half-width, small letters, without invisible characters.
pub(super) fn normalise(text: &str) -> Vec<Char> {
    text.chars()
        .enumerate()
        .filter(|(_, c)| !is_invisible(*c))
        .map(|(at, c)| Char {
            c: half_width(c).to_ascii_lowercase(),
            at,
        })
        .collect()
}

/// Whether a character takes part in a word: not space, punctuation or symbol.
pub(super) fn is_letter(c: char) -> bool {
    c.is_alphanumeric()
}

pub(super) fn position(text: &[Char], wanted: &[char]) -> Option<usize> {
    text.windows(wanted.len())
        .find(|window| window.iter().map(|one| &one.c).eq(wanted))
        .and_then(|window| window.first())
        .map(|one| one.at)
}

/// Digits that belong together: a run, with the blanks, dashes and dots that people put into one.
pub(super) struct Number {
    pub(super) digits: Vec<char>,
    pub(super) at: usize,
    /// The longest stretch without anything between the digits.
    longest_run: usize,
}

impl Number {
    /// 15 or more digits in a row, or 18 in groups whose middle is a date of birth.
    pub(super) fn is_id_like(&self) -> bool {
        let year: String = self.digits.iter().skip(6).take(2).collect();
        self.longest_run >= 15
            || (self.digits.len() >= 17
                && self.digits.len() <= 18
                && (year == "19" || year == "20"))
    }
}

pub(super) fn numbers(text: &[Char]) -> Vec<Number> {
    let mut found: Vec<Number> = Vec::new();
    let mut inside = false;
    let mut run = 0;
    for one in text {
        if one.c.is_ascii_digit() {
            if !inside {
                found.push(Number {
                    digits: Vec::new(),
                    at: one.at,
                    longest_run: 0,
                });
                run = 0;
            }
            inside = true;
            run += 1;
            if let Some(number) = found.last_mut() {
                number.digits.push(one.c);
                number.longest_run = number.longest_run.max(run);
            }
        } else if inside && is_joint(one.c) {
            run = 0;
        } else {
            inside = false;
        }
    }
    found
}

const fn is_joint(c: char) -> bool {
    matches!(
        c,
        ' ' | '-' | '.' | '·' | '_' | '\u{3000}' | '\t' | '\n' | '\r'
    )
}

/// The half-width form of a full-width ASCII character.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => u32::from(c)
            .checked_sub(0xFEE0)
            .and_then(char::from_u32)
            .unwrap_or(c),
        _ => c,
    }
}

/// Whether a character shows nothing and could split a word unseen.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}
