//! Reads the XML of a service account, and the XML or JSON of a mini program.
//!
//! There is no document type in what the platform writes, so one is refused, and with it every entity of
//! its own: nothing can grow beyond its length, or fetch a file.

use quick_xml::{Reader, escape::resolve_xml_entity, events::Event};
use serde_json::Value;

use super::{CallbackError, element::Element};

/// How deep parts may stand in one another; an event has four levels.
const DEPTH: usize = 8;
/// How many parts a message may have.
const PARTS: usize = 512;

/// The tree of a body.
///
/// # Errors
/// [`CallbackError::Malformed`].
pub(super) fn document(body: &[u8]) -> Result<Element, CallbackError> {
    let text = std::str::from_utf8(body).or(Err(CallbackError::Malformed))?;
    let tree = if text.trim_start().starts_with('{') {
        json(text)
    } else {
        xml(text)
    };
    tree.ok_or(CallbackError::Malformed)
}

fn json(text: &str) -> Option<Element> {
    let value: Value = serde_json::from_str(text).ok()?;
    let mut left = PARTS;
    let mut root = Element::default();
    add(&mut root, &value, DEPTH, &mut left)?;
    Some(root)
}

/// Puts a value into its element: an object as parts, a list as parts of one name.
fn add(element: &mut Element, value: &Value, depth: usize, left: &mut usize) -> Option<()> {
    match value {
        Value::Null => {}
        Value::Bool(it) => element.text = it.to_string(),
        Value::Number(it) => element.text = it.to_string(),
        Value::String(it) => element.text.clone_from(it),
        // A list stands only in an object, which takes it apart.
        Value::Array(_) => return None,
        Value::Object(fields) => {
            let depth = depth.checked_sub(1)?;
            for (name, value) in fields {
                let one = std::slice::from_ref(value);
                let several = value.as_array().map_or(one, Vec::as_slice);
                for value in several {
                    *left = left.checked_sub(1)?;
                    let mut part = Element::named(name);
                    add(&mut part, value, depth, left)?;
                    element.parts.push(part);
                }
            }
        }
    }
    Some(())
}

fn xml(text: &str) -> Option<Element> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    // The message itself, and the parts that are open in it.
    let mut open = vec![Element::default()];
    let mut left = PARTS;
    loop {
        let top = open.last_mut()?;
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                left = left.checked_sub(1)?;
                open.push(Element::named(tag.name().into_inner()));
                if open.len() > DEPTH {
                    return None;
                }
            }
            Event::Empty(tag) => {
                left = left.checked_sub(1)?;
                top.parts.push(Element::named(tag.name().into_inner()));
            }
            Event::End(_) => {
                let closed = open.pop()?;
                open.last_mut()?.parts.push(closed);
            }
            Event::Text(text) => top.text.push_str(&text.xml10_content()),
            Event::CData(text) => top.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(letter) => top.text.push(letter),
                None => top.text.push_str(resolve_xml_entity(&reference)?),
            },
            Event::Comment(_) | Event::Decl(_) => {}
            Event::PI(_) | Event::DocType(_) => return None,
            Event::Eof => break,
        }
    }
    // One element around everything, and nothing beside it.
    let mut root = open.pop()?;
    let message = root.parts.pop()?;
    let alone = open.is_empty() && root.parts.is_empty() && root.text.trim().is_empty();
    alone.then_some(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_read_alike() {
        let xml = "<xml><A><![CDATA[x & y]]></A><B> 1 &lt; &#x4e8c;</B><C/>\n\
                   <L><T>1</T></L><L><T>2</T></L></xml>";
        let json = r#"{"A":"x & y","B":"1 < 二","C":null,"L":[{"T":1},{"T":"2"}]}"#;
        for body in [xml, json] {
            let tree = document(body.as_bytes()).unwrap();
            assert_eq!(tree.text_of("A"), Some("x & y"), "{body}");
            assert_eq!(tree.text_of("B"), Some("1 < 二"), "{body}");
            assert_eq!(tree.text_of("C"), None);
            let of_list: Vec<_> = tree.all("L").map(|part| part.text_of("T")).collect();
            assert_eq!(of_list, [Some("1"), Some("2")], "{body}");
        }
    }

    #[test]
    fn a_document_type_is_refused_and_no_entity_grows() {
        let bombs = [
            "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><xml><A>&b;</A></xml>",
            "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><xml><A>&f;</A></xml>",
            "<!DOCTYPE x SYSTEM \"http://127.0.0.1/x.dtd\"><xml><A>1</A></xml>",
            "<xml><A>&b;</A></xml>",
            "<xml><A>&nbsp;</A></xml>",
            "<xml><A>&#0;</A></xml>",
            "<xml><A>&#xD800;</A></xml>",
            "<xml><A>&#99999999999;</A></xml>",
            "<?xml-stylesheet href=\"x\"?><xml><A>1</A></xml>",
        ];
        for bomb in bombs {
            assert_eq!(
                document(bomb.as_bytes()),
                Err(CallbackError::Malformed),
                "{bomb}"
            );
        }
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let deep = "<a>".repeat(DEPTH + 1) + &"</a>".repeat(DEPTH + 1);
        let many = format!("<xml>{}</xml>", "<a/>".repeat(PARTS));
        let deep_json = "{\"a\":".repeat(DEPTH + 1) + "1" + &"}".repeat(DEPTH + 1);
        let many_json = format!("{{\"a\":[{}1]}}", "1,".repeat(PARTS));
        let bodies = [
            "",
            "x",
            "<xml>",
            "</xml>",
            "<xml></lmx>",
            "<a/><b/>",
            "<a/>b",
            "{",
            "[]",
            "{} {}",
            "\"a\"",
            "{\"a\":[[1]]}",
            &deep,
            &many,
            &deep_json,
            &many_json,
        ];
        for body in bodies {
            let read = document(body.as_bytes());
            assert_eq!(
                read,
                Err(CallbackError::Malformed),
                "{}",
                &body[..body.len().min(40)]
            );
        }
        assert_eq!(document(b"<a>\xff</a>"), Err(CallbackError::Malformed));
        assert!(document(b"<xml/>").is_ok());
    }

    #[test]
    fn no_text_is_shown() {
        let tree = document(b"<xml><FromUserName>openid-1</FromUserName></xml>").unwrap();
        assert!(!format!("{tree:?}").contains("openid-1"));
    }
}
