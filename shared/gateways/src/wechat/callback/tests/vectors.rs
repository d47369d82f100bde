//! The recorded vectors, made anew: what is encrypted here is byte for byte what the vendor and its
//! libraries encrypt.

use aws_lc_rs::{
    cipher::{
        AES_128, AES_256, DecryptionContext, EncryptingKey, EncryptionContext,
        PaddedBlockDecryptingKey, UnboundCipherKey,
    },
    iv::FixedLength,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::*;

/// 16 bytes of chance, the length, the message and the account, padded to a multiple of 32.
fn encrypt(key: &[u8], random: &Value, message: &str, account: &Value) -> String {
    let mut bytes = text(random).as_bytes().to_vec();
    bytes.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    bytes.extend(message.bytes());
    bytes.extend(text(account).bytes());
    let padding = 32 - bytes.len() % 32;
    bytes.resize(bytes.len() + padding, u8::try_from(padding).unwrap());
    let iv: [u8; 16] = key[..16].try_into().unwrap();
    let key = UnboundCipherKey::new(&AES_256, key).and_then(EncryptingKey::cbc);
    let context = EncryptionContext::Iv128(FixedLength::from(iv));
    key.unwrap().less_safe_encrypt(&mut bytes, context).unwrap();
    STANDARD.encode(bytes)
}

fn bytes_of(hex: &Value) -> Vec<u8> {
    let hex = text(hex);
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

#[test]
fn every_recorded_message_is_encrypted_byte_for_byte() {
    let fixture = fixture();
    let key = bytes_of(&fixture["aes_key_hex"]);
    assert_eq!(key[..16], bytes_of(&fixture["iv_hex"]));
    for (name, case) in fixture["encrypted"]["cases"].as_object().unwrap() {
        let plain = text(&case["plaintext_xml"]);
        let ours = encrypt(&key, &fixture["random16"], plain, &fixture["appid"]);
        assert_eq!(ours, case["encrypt"], "{name}");
    }
}

/// An answer has the form of a call: it is signed as one, and opens as one.
#[test]
fn an_encrypted_answer_opens_as_a_call_does() {
    let fixture = fixture();
    for (name, case) in fixture["encrypted"]["cases"].as_object().unwrap() {
        let answer = text(&case["reply_xml_form"]);
        let parts = read::document(answer.as_bytes()).unwrap();
        let part = |name: &str| Value::from(parts.text_of(name).unwrap());
        assert_eq!(part("Encrypt"), case["encrypt"], "{name}");
        let (timestamp, nonce) = (part("TimeStamp"), part("Nonce"));
        let signature = part("MsgSignature");
        let query = query(&timestamp, &nonce, &signature);
        let opened = ours(&fixture).open(query, answer.as_bytes(), at(&timestamp));
        assert_eq!(
            opened.unwrap().item.body,
            text(&case["plaintext_xml"]),
            "{name}"
        );
    }
}

/// The vendor's own page: a call in plain mode is signed as the check of the URL, and an answer is
/// encrypted as a call.
#[test]
fn the_published_call_in_plain_mode_and_the_published_answer() {
    let fixture = fixture();
    let published = &fixture["published_secure_mode"];
    let keys = keys(&published["token"], &published["aes"], &published["appid"]);
    let plain = &published["plain_mode"];
    let asked = query(&plain["timestamp"], &plain["nonce"], &plain["signature"]);
    assert_eq!(keys.check_url(asked, at(&plain["timestamp"])), Ok(()));
    let answer = &published["reply"];
    let key = [0_u8; 32];
    let message = text(&answer["msg"]);
    let ours = encrypt(&key, &answer["random16"], message, &published["appid"]);
    assert_eq!(ours, answer["encrypt"]);
    assert_eq!(keys.decrypt(&ours).unwrap(), message.as_bytes());
}

/// What a telephone encrypts with the session key, which nothing here asks for: AES-128, the usual
/// padding, no account inside but in the watermark.
#[test]
fn the_published_data_of_a_mini_program() {
    let fixture = fixture();
    let published = &fixture["miniprogram_published_encrypteddata"];
    let decoded = |name: &str| STANDARD.decode(text(&published[name])).unwrap();
    let key = UnboundCipherKey::new(&AES_128, &decoded("session_key"));
    let key = key.and_then(PaddedBlockDecryptingKey::cbc_pkcs7).unwrap();
    let iv: [u8; 16] = decoded("iv").try_into().unwrap();
    let context = DecryptionContext::Iv128(FixedLength::from(iv));
    let mut data = decoded("data");
    let plain: Value = serde_json::from_slice(key.decrypt(&mut data, context).unwrap()).unwrap();
    assert_eq!(plain, published["decrypted"]);
    assert_eq!(plain["watermark"]["appid"], published["appid"]);
}
