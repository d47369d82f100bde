//! The signature before the present one (RPC, HMAC-SHA1), which nothing here sends with: reproduced so
//! that the recorded vectors stay true, and a fake server may know other clients by it.

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::sign::{canonical_query, encode};

fn signed(method: &str, query: &str, secret: &str) -> (String, String) {
    let text = format!("{method}&{}&{}", encode("/"), encode(query));
    let key = Key::new(
        HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        format!("{secret}&").as_bytes(),
    );
    let signature = STANDARD.encode(sign(&key, text.as_bytes()));
    (text, signature)
}

#[test]
fn the_sdks_signatures_are_reproduced_byte_for_byte() {
    let text = include_str!("../../fixtures/aliyun_v1_rpc_sendsms.json");
    let fixture: Value = serde_json::from_str(text).unwrap();
    let params = fixture["params"].as_object().unwrap().iter();
    let params: Vec<(&str, &str)> = params
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .rev()
        .collect();
    let query = canonical_query(&params);
    let secret = fixture["access_key_secret"].as_str().unwrap();
    let by_method = fixture["by_method"].as_object().unwrap();
    assert_eq!(by_method.len(), 2);
    for (method, expected) in by_method {
        assert_eq!(query, expected["canonical_query"], "{method}");
        let (text, signature) = signed(method, &query, secret);
        for (field, ours) in [
            ("string_to_sign", &text),
            ("legacy_core_string_to_sign", &text),
            ("signature", &signature),
            ("recomputed", &signature),
            ("legacy_core_signature", &signature),
        ] {
            assert_eq!(*ours, expected[field], "{method} {field}");
        }
    }
}
