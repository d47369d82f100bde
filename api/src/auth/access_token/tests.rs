use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::role::Permission;
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;

fn caller() -> Caller {
    Caller {
        agency: AgencyId::from_uuid(Uuid::from_u128(1)),
        staff: StaffId::from_uuid(Uuid::from_u128(2)),
        role: Role::Caseworker,
        office: Some(OfficeId::from_uuid(Uuid::from_u128(3))),
        area: None,
        session: SessionId::from_uuid(Uuid::from_u128(4)),
        issued_at: "2026-02-16T04:00:00Z".parse().unwrap(),
        restriction: None,
    }
}

fn machine() -> Machine {
    Machine {
        agency: caller().agency,
        integrator: IntegratorId::from_uuid(Uuid::from_u128(5)),
        credential: CredentialId::from_uuid(Uuid::from_u128(6)),
        scopes: [Permission::ReadCases, Permission::ReadTasks].into(),
        issued_at: caller().issued_at,
    }
}

fn tokens() -> AccessTokens {
    AccessTokens::new(SigningKeys::ephemeral().unwrap(), "tongxing", 900)
}

fn at(seconds: i64) -> DateTime<Utc> {
    caller().issued_at + TimeDelta::seconds(seconds)
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn header() -> Value {
    json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": "ephemeral" })
}

/// What our own token says.
fn claims(tokens: &AccessTokens) -> Value {
    let token = tokens.issue(&caller()).unwrap();
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// A token rightly signed by our key, whatever it says.
fn signed(tokens: &AccessTokens, header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let key = tokens.keys.signer(caller().issued_at).unwrap();
    let signature =
        jsonwebtoken::crypto::sign(message.as_bytes(), &key.sign, Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

#[test]
fn a_token_speaks_for_its_bearer_until_it_expires() {
    let tokens = tokens();
    for bearer in [Bearer::Staff(caller()), Bearer::Machine(machine())] {
        let token = tokens.issue(bearer.clone()).unwrap();
        for _remembered_or_not in 0..2 {
            assert_eq!(tokens.verify(&token, at(904)).as_ref(), Ok(&bearer));
            assert_eq!(tokens.verify(&token, at(-5)).as_ref(), Ok(&bearer));
            assert_eq!(tokens.verify(&token, at(905)), Err(Rejected::Expired));
            assert_eq!(tokens.verify(&token, at(-6)), Err(Rejected::Invalid));
        }
    }
}

#[test]
fn a_token_may_be_good_for_less_than_a_whole_life() {
    let tokens = tokens();
    let token = tokens.issue_for(&caller(), 60).unwrap();
    assert!(tokens.verify(&token, at(64)).is_ok());
    assert_eq!(tokens.verify(&token, at(65)), Err(Rejected::Expired));
}

/// Beyond those remembered each is verified every time, and those that ran out make room.
#[test]
fn more_tokens_than_are_remembered_are_good_as_well() {
    let tokens = tokens();
    let token = tokens.issue(&caller()).unwrap();
    let remember = |name: &str, now| {
        let bearer = Bearer::Staff(caller());
        let exp = at(900).timestamp();
        let nbf = at(0).timestamp();
        tokens.remember(name, bearer, Span { nbf, exp }, now);
    };
    let known = || tokens.verified.read().unwrap().tokens.len();
    for number in 0..=REMEMBERED {
        remember(&number.to_string(), at(0));
    }
    assert_eq!(known(), REMEMBERED);
    assert!(tokens.verify(&token, at(1)).is_ok());
    assert_eq!(known(), REMEMBERED);
    remember("new", at(905));
    assert_eq!(known(), 1);
}

#[test]
fn a_foreign_or_altered_token_is_refused() {
    let (ours, theirs) = (tokens(), tokens());
    let token = ours.issue(&caller()).unwrap();
    assert_eq!(theirs.verify(&token, at(0)), Err(Rejected::Invalid));
    for text in ["", "a.b.c", &token[1..], &format!("{token}A")] {
        assert_eq!(ours.verify(text, at(0)), Err(Rejected::Invalid), "{text}");
    }
    let (head, rest) = token.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let supervisor = Caller {
        role: Role::Supervisor,
        ..caller()
    };
    let other = ours.issue(&supervisor).unwrap();
    let payload = other.split('.').nth(1).unwrap();
    let forged = format!("{head}.{payload}.{signature}");
    assert_eq!(ours.verify(&forged, at(0)), Err(Rejected::Invalid));
}

/// What the world knows of us is our public key: it must not do for a shared secret.
#[test]
fn no_other_algorithm_is_believed() {
    let tokens = tokens();
    let claims = claims(&tokens);
    let mut none = header();
    none["alg"] = json!("none");
    let public = tokens.public_keys(at(0)).remove(0).x;
    let public = URL_SAFE_NO_PAD.decode(public).unwrap();
    let mut shared = header();
    shared["alg"] = json!("HS256");
    let message = format!("{}.{}", part(&shared), part(&claims));
    let key = EncodingKey::from_secret(&public);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    for forged in [
        format!("{}.{}.", part(&none), part(&claims)),
        format!("{}.{}.AAAA", part(&none), part(&claims)),
        format!("{message}.{signature}"),
    ] {
        assert_eq!(
            tokens.verify(&forged, at(0)),
            Err(Rejected::Invalid),
            "{forged}"
        );
    }
}

#[test]
fn the_header_must_be_that_of_an_access_token_of_ours() {
    let tokens = tokens();
    let claims = claims(&tokens);
    assert!(
        tokens
            .verify(&signed(&tokens, &header(), &claims), at(0))
            .is_ok()
    );
    for (field, value) in [
        ("kid", Value::Null),
        ("kid", json!("another")),
        ("kid", json!("../../etc/passwd")),
        ("typ", Value::Null),
        ("typ", json!("JWT")),
        ("alg", json!("ES256")),
    ] {
        let mut header = header();
        header[field] = value;
        if header[field].is_null() {
            header.as_object_mut().unwrap().remove(field);
        }
        let token = signed(&tokens, &header, &claims);
        assert_eq!(
            tokens.verify(&token, at(0)),
            Err(Rejected::Invalid),
            "{header}"
        );
    }
}

#[test]
fn every_claim_is_required_and_checked() {
    let tokens = tokens();
    for field in [
        "iss", "aud", "sub", "sub_kind", "exp", "nbf", "iat", "agency", "role", "session",
    ] {
        let mut without = claims(&tokens);
        without.as_object_mut().unwrap().remove(field).unwrap();
        let token = signed(&tokens, &header(), &without);
        assert_eq!(
            tokens.verify(&token, at(0)),
            Err(Rejected::Invalid),
            "{field}"
        );
    }
    let now = at(0).timestamp();
    for (field, value, why) in [
        ("iss", json!("elsewhere"), Rejected::Invalid),
        ("aud", json!("elsewhere"), Rejected::Invalid),
        ("aud", json!(["elsewhere"]), Rejected::Invalid),
        ("nbf", json!(now + 6), Rejected::Invalid),
        ("exp", json!(now - 5), Rejected::Expired),
        ("exp", json!("never"), Rejected::Invalid),
        ("role", json!("owner"), Rejected::Invalid),
        ("sub_kind", json!("root"), Rejected::Invalid),
        ("sub_kind", json!("integrator"), Rejected::Invalid),
    ] {
        let mut other = claims(&tokens);
        other[field] = value;
        let token = signed(&tokens, &header(), &other);
        assert_eq!(tokens.verify(&token, at(0)), Err(why), "{other}");
    }
}

#[test]
fn a_scope_that_no_machine_may_have_is_worth_nothing() {
    let tokens = tokens();
    let wide = Machine {
        scopes: [Permission::ReadCases, Permission::SignOffEscalations].into(),
        ..machine()
    };
    let token = tokens.issue(wide).unwrap();
    assert_eq!(tokens.verify(&token, at(0)), Err(Rejected::Invalid));
}

/// Tokens are made and read without a break while the keys are rotated under them.
#[test]
fn no_rotation_refuses_a_token_that_runs() {
    let folder = std::env::temp_dir().join(format!("tongxing-rotate-{}", std::process::id()));
    let _gone_already = std::fs::remove_dir_all(&folder);
    let life = TimeDelta::seconds(900);
    let process = || {
        let keys = SigningKeys::load_or_create(&folder, at(0)).unwrap();
        AccessTokens::new(keys, "tongxing", 900)
    };
    let (one, other) = (process(), process());
    let minute = |minute: i64| Caller {
        issued_at: at(60 * minute),
        ..caller()
    };
    let mut running: Vec<(i64, String)> = Vec::new();
    let mut signers = std::collections::BTreeSet::new();
    for now in 0..400 {
        if now % 100 == 50 {
            SigningKeys::rotate(&folder, at(60 * now), life).unwrap();
        }
        running.retain(|(made, _)| now < made + 15);
        let maker = if now % 2 == 0 { &one } else { &other };
        let token = maker.issue(&minute(now)).unwrap();
        signers.insert(decode_header(&token).unwrap().kid);
        running.push((now, token));
        for (made, token) in &running {
            for reader in [&one, &other] {
                // Not from memory: as a process that has just started.
                reader.verified.write().unwrap().tokens.clear();
                let read = reader.verify(token, at(60 * now));
                assert_eq!(
                    read,
                    Ok(Bearer::Staff(minute(*made))),
                    "made at {made}, read at {now}"
                );
            }
        }
    }
    assert_eq!(signers.len(), 5);
    let _best_effort = std::fs::remove_dir_all(&folder);
}

#[test]
fn a_key_taken_away_takes_its_tokens_along() {
    let folder = std::env::temp_dir().join(format!("tongxing-replace-{}", std::process::id()));
    let _gone_already = std::fs::remove_dir_all(&folder);
    let keys = SigningKeys::load_or_create(&folder, at(0)).unwrap();
    let tokens = AccessTokens::new(keys, "tongxing", 900);
    let token = tokens.issue(&caller()).unwrap();
    assert!(tokens.verify(&token, at(1)).is_ok());
    SigningKeys::replace(&folder, at(2)).unwrap();
    assert_eq!(tokens.verify(&token, at(61)), Err(Rejected::Invalid));
    let _best_effort = std::fs::remove_dir_all(&folder);
}
