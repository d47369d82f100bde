//! What WeChat calls back with.

use std::sync::LazyLock;

use gateways::wechat::callback::{CallbackKeys, SignedQuery, notice_of};
use secrecy::ExposeSecret as _;

use super::text;
use crate::fakes::wechat::{AES_KEY, APP_ID, TOKEN, callback};

/// A message that is taken is about somebody with an id and changes credits of templates with names. A
/// body that was not signed is none.
pub fn wechat_callback(bytes: &[u8]) {
    static KEYS: LazyLock<CallbackKeys> = LazyLock::new(|| {
        CallbackKeys::new(TOKEN.into(), &AES_KEY.into(), None, APP_ID.to_owned()).unwrap()
    });
    let now = super::signed::now();
    let call = callback(&text(bytes), now);
    let query = SignedQuery {
        timestamp: &call.timestamp,
        nonce: &call.nonce,
        signature: &call.msg_signature,
    };
    assert!(KEYS.open(query, bytes, now).is_err());
    let Ok(opened) = KEYS.open(query, call.body.as_bytes(), now) else {
        return;
    };
    let notice = notice_of(&opened.item.body).unwrap();
    assert_eq!(format!("{notice:?}"), format!("{:?}", opened.notice));
    let is_name = |text: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        (1..=128).contains(&text.len()) && text.bytes().all(plain)
    };
    let open_id = notice.open_id.expose_secret();
    assert!(is_name(open_id), "{open_id}");
    for noted in notice.credit_changes() {
        assert!(is_name(&noted.template_id), "{noted:?}");
    }
}
