//! JSON that is small and yet costly: deep nesting, endless numbers.

use crate::{problem::Problem, problem_code::ProblemCode};

/// Objects and arrays inside one another; no operation needs a fourth of it.
const DEEPEST: usize = 32;
/// Characters of a number, with sign, point and exponent.
const LONGEST_NUMBER: usize = 40;
/// Digits of an exponent: 1e999 is beyond any number type already.
const LONGEST_EXPONENT: usize = 3;

/// Looks once over the bytes, before anything is built from them.
///
/// # Errors
/// `json_too_complex`.
pub(super) fn check(body: &[u8]) -> Result<(), Problem> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    // Characters of the number, and of its exponent, so far.
    let (mut number, mut exponent) = (0_usize, None::<usize>);
    for byte in body {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'e' | b'E' if number > 0 => {
                number += 1;
                exponent = Some(0);
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => {
                number += 1;
                exponent = exponent.map(|digits| digits + usize::from(byte.is_ascii_digit()));
            }
            _ => (number, exponent) = (0, None),
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(refused(format!("a body nests at most {DEEPEST} deep")));
        }
        if number > LONGEST_NUMBER || exponent.is_some_and(|digits| digits > LONGEST_EXPONENT) {
            return Err(refused(format!(
                "a number has at most {LONGEST_NUMBER} characters, \
                 and {LONGEST_EXPONENT} digits in its exponent"
            )));
        }
    }
    Ok(())
}

fn refused(detail: String) -> Problem {
    Problem::new(ProblemCode::JsonTooComplex, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(body: &str) -> bool {
        check(body.as_bytes()).is_err_and(|problem| problem.code() == ProblemCode::JsonTooComplex)
    }

    #[test]
    fn nesting_is_bounded_also_where_it_never_ends() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(!is_refused(&nested(DEEPEST)));
        assert!(is_refused(&nested(DEEPEST + 1)));
        assert!(is_refused(&"[".repeat(200_000)));
        assert!(is_refused(&"{\"a\":".repeat(DEEPEST + 1)));
        // Beside one another is not inside one another.
        assert!(!is_refused(&"[]".repeat(1000)));
    }

    #[test]
    fn numbers_are_bounded() {
        for body in ["9".repeat(41), "1e9999".into(), "[0.1E-99999]".into()] {
            assert!(is_refused(&body), "{body}");
        }
        assert!(is_refused(&format!("{{\"a\":-{}}}", "0".repeat(100_000))));
        for body in [
            "9".repeat(40),
            "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]".into(),
            "1e308".into(),
            "[true,false,null,-1.5e-7]".into(),
        ] {
            assert!(!is_refused(&body), "{body}");
        }
    }

    #[test]
    fn what_stands_in_a_text_counts_for_nothing() {
        let text = format!(
            "{{\"note\":\"\\\"{}{}\\\\\"}}",
            "[".repeat(99),
            "9".repeat(99)
        );
        assert!(!is_refused(&text));
        let after = format!("{{\"note\":\"\\\\\",\"x\":{}}}", "9".repeat(41));
        assert!(is_refused(&after));
    }
}
