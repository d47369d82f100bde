//! The story on paper: plain text, short lines.

use std::{
    fmt,
    io::{self, Write},
};

use chrono::{DateTime, NaiveDate, Utc};
use domain::local_time::Tz;

use super::people::People;

const WIDTH: usize = 76;
const INDENT: usize = 11;

/// Where the story goes.
pub struct Tell {
    out: Box<dyn Write>,
    chapter: u32,
}

impl fmt::Debug for Tell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tell")
            .field("chapter", &self.chapter)
            .finish_non_exhaustive()
    }
}

impl Tell {
    /// To stdout, or to stderr where stdout is for a program.
    pub fn new(aside: bool) -> Self {
        let out: Box<dyn Write> = if aside {
            Box::new(io::stderr())
        } else {
            Box::new(io::stdout())
        };
        Self { out, chapter: 0 }
    }

    /// What this is.
    pub fn opening(&mut self) {
        self.line("");
        self.line("Tongxing, a sandbox: everybody here is made up and no message leaves.");
        self.line("Months pass in seconds, through the real API and the real worker.");
        self.line("");
        self.line("  machine  what the software does by itself");
        self.line("  people   what staff decide; no machine decides it for them");
        self.line("  text     a message as the client's phone would show it");
    }

    /// Begins a chapter.
    pub fn chapter(&mut self, title: &str, now: DateTime<Utc>) {
        self.chapter += 1;
        let number = self.chapter;
        self.line("");
        self.line(&format!("{number}. {title}"));
        self.line(&format!("   {}", local(now)));
        self.line("");
    }

    /// What the software does by itself.
    pub fn machine(&mut self, text: &str) {
        self.entry("machine", text);
    }

    /// What staff do and decide.
    pub fn people(&mut self, text: &str) {
        self.entry("people", text);
    }

    /// Where a date comes from.
    pub fn why(&mut self, text: &str) {
        self.entry("why", text);
    }

    /// What is worth knowing besides.
    pub fn note(&mut self, text: &str) {
        self.entry("", text);
    }

    /// A message as the phone shows it.
    pub fn text(&mut self, at: DateTime<Utc>, text: &str) {
        self.entry("text", &local(at));
        self.entry("", text);
    }

    /// Where to go from here.
    pub fn doors(&mut self, base: &str, people: &People) {
        self.line("");
        self.line("The doors");
        self.line("");
        self.line(&format!("  documentation  {base}/docs"));
        self.line(&format!("  description    {base}/openapi.json"));
        self.line("");
        for login in people.logins() {
            let (role, name) = (login.role.to_string(), login.username);
            let password = &login.password;
            self.line(&format!("  {role:<13}  {name:<8} {password}"));
        }
        self.line("");
        self.line("  Sign in with POST /v1/sessions, then let time pass:");
        self.line("  POST /v1/sandbox/clock {\"advance\":\"P30D\"}");
        self.line("  GET  /v1/sandbox/outbox");
        self.line("");
    }

    /// The last line of a demo that goes on serving.
    pub fn waiting(&mut self) {
        self.line("  Ctrl-C ends it.");
        self.line("");
    }

    fn entry(&mut self, who: &str, text: &str) {
        let mut head = format!("  {who:<9}");
        for line in wrapped(text, WIDTH - INDENT) {
            self.line(&format!("{head}{line}"));
            head = " ".repeat(INDENT);
        }
    }

    fn line(&mut self, text: &str) {
        // A reader that closed the pipe has read enough.
        let _ = writeln!(self.out, "{}", text.trim_end());
    }
}

/// An instant on the office's clock.
pub fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&Tz::Asia__Shanghai)
        .format("%a %-d %b %Y, %H:%M")
        .to_string()
}

/// A date with its weekday.
pub fn day(date: NaiveDate) -> String {
    date.format("%a %-d %b %Y").to_string()
}

/// `text` in lines of at most `width` columns; a Chinese character takes two.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for piece in pieces(text) {
        let columns: usize = piece.chars().map(columns).sum();
        if used > 0 && used + columns > width && !closes(&piece) {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            let piece = if used == 0 {
                piece.trim_start()
            } else {
                &piece
            };
            line.push_str(piece);
            used += columns;
        }
    }
    lines
}

/// What a line may end after: words with the space before them, short Chinese names, and the
/// characters of longer Chinese text one by one.
fn pieces(text: &str) -> Vec<String> {
    /// Longest run of Chinese characters that is kept together.
    const NAME: usize = 4;
    let mut runs: Vec<String> = Vec::new();
    let mut last = ' ';
    for letter in text.chars() {
        let joins = letter != ' ' && (columns(letter) == columns(last) || last == ' ');
        match runs.last_mut() {
            Some(run) if joins => run.push(letter),
            _ => runs.push(letter.to_string()),
        }
        last = letter;
    }
    let split = |run: String| -> Vec<String> {
        let wide = run.chars().filter(|letter| columns(*letter) == 2).count();
        if wide > NAME {
            run.chars().map(String::from).collect()
        } else {
            vec![run]
        }
    };
    runs.into_iter().flat_map(split).collect()
}

fn columns(letter: char) -> usize {
    if matches!(letter, '\u{2e80}'..='\u{ffef}') {
        2
    } else {
        1
    }
}

/// What never begins a line.
fn closes(piece: &str) -> bool {
    piece.starts_with([
        '。', '，', '、', '】', '）', '：', '；', ',', '.', ';', ':', ')',
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_between_chinese_characters() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("您好您好吗 ok", 6), ["您好您", "好吗", "ok"]);
        assert_eq!(wrapped("ask 王小明 now", 8), ["ask", "王小明", "now"]);
        assert_eq!(wrapped("您好您好吗,是", 10), ["您好您好吗,", "是"]);
    }
}
