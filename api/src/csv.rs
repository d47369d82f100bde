//! Lines of CSV (RFC 4180) that a spreadsheet takes for text.

/// One line, with its line end.
///
/// A field that a spreadsheet would take for a formula is given a leading `'` (OWASP, "CSV
/// injection": full-width signs too, as an input method for Chinese writes them); one with a comma, a
/// quote or a line end is quoted.
pub fn line<F: AsRef<str>>(fields: impl IntoIterator<Item = F>) -> String {
    let mut line = String::new();
    for (place, field) in fields.into_iter().enumerate() {
        if place > 0 {
            line.push(',');
        }
        push(&mut line, field.as_ref());
    }
    line.push_str("\r\n");
    line
}

/// What a formula, or a line that might hold one, begins with.
const STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fn push(line: &mut String, field: &str) {
    let guard = if field.starts_with(STARTS) { "'" } else { "" };
    if field.contains(['"', ',', '\r', '\n']) {
        line.push('"');
        line.push_str(guard);
        line.push_str(&field.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(guard);
        line.push_str(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        assert_eq!(line(["a", "", "b c"]), "a,,b c\r\n");
        assert_eq!(
            line(["a,b", "c\"d", "e\nf"]),
            "\"a,b\",\"c\"\"d\",\"e\nf\"\r\n"
        );
    }

    #[test]
    fn no_field_is_a_formula() {
        for start in STARTS {
            let field = format!("{start}cmd|' /C calc'!A0");
            let written = line([field.as_str()]);
            let bare = written.trim_start_matches('"');
            assert!(bare.starts_with(&format!("'{start}")), "{written:?}");
        }
        assert_eq!(line(["=1,\"2\""]), "\"'=1,\"\"2\"\"\"\r\n");
        // Only the first character makes a formula.
        assert_eq!(line(["2025-09-01", "a=b"]), "2025-09-01,a=b\r\n");
    }
}
