//! Everything that reads bytes from outside, each behind one function that panics where the reader
//! breaks a promise. Driven by `tests/fuzz` (cargo-fuzz) and, on stable, by `tests/tests/fuzz`.

mod callback;
mod contact;
mod json;
mod push;
mod rules;
mod signed;
mod words;

/// One reader of foreign bytes.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// Also the name of its fuzz target and of the folder of its corpus.
    pub name: &'static str,
    /// Reads, and checks what the reader promises of what it took.
    pub read: fn(&[u8]),
}

macro_rules! readers {
    ($($module:ident :: $name:ident),+ $(,)?) => {
        /// Every reader.
        pub const ALL: &[Reader] = &[$(
            Reader { name: stringify!($name), read: $module::$name }
        ),+];
    };
}

readers![
    rules::rule_pack,
    rules::calendar_year,
    json::json_body,
    json::cursor,
    words::template,
    words::signature_words,
    words::duration,
    signed::receipt,
    signed::reply,
    signed::webhook_signature,
    signed::access_token,
    signed::credential,
    signed::forwarded_for,
    callback::wechat_callback,
    push::sms_receipts,
    push::sms_replies,
    contact::phone,
    contact::id_number,
    contact::name,
];

/// Runs the reader of a fuzz target.
///
/// # Panics
/// When there is none of this name, or the reader breaks a promise.
pub fn read(name: &str, bytes: &[u8]) {
    let reader = ALL.iter().find(|reader| reader.name == name).unwrap();
    (reader.read)(bytes);
}

/// The text of the input; what is not UTF-8 is replaced, as readers of text never see it.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
