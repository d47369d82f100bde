//! What is typed about people: numbers and names.

use domain::contact::{IdNumber, OfficePhone, Phone, client_name, mask_name};

use super::text;

/// A number that is taken has one form, which is taken again, and is shown with its middle hidden.
pub fn phone(bytes: &[u8]) {
    let text = text(bytes);
    if let Ok(phone) = Phone::parse(&text) {
        let form = phone.as_str();
        assert!(form.len() == 11 && form.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(Phone::parse(form).unwrap().as_str(), form);
        // The middle may repeat the end, so what is left is compared whole.
        assert_eq!(phone.masked(), format!("{}****{}", &form[..3], &form[7..]));
    }
    if let Ok(phone) = OfficePhone::parse(&text) {
        let form = phone.as_str();
        assert_eq!(OfficePhone::parse(form).unwrap().as_str(), form);
        let plain = |byte: u8| byte.is_ascii_digit() || byte == b'-';
        assert!(form.bytes().all(plain), "{form}");
    }
}

/// As [`phone`], for identity numbers.
pub fn id_number(bytes: &[u8]) {
    if let Ok(number) = IdNumber::parse(&text(bytes)) {
        let form = number.as_str();
        assert_eq!(form.len(), 18);
        assert_eq!(IdNumber::parse(form).unwrap().as_str(), form);
        assert_eq!(
            form[6..14],
            number.birth_date().format("%Y%m%d").to_string()
        );
        // Compared whole, as with telephones.
        assert_eq!(
            number.masked(),
            format!("{}***********{}", &form[..3], &form[14..])
        );
    }
}

/// A name that is taken can stand in a text's header and line, and is masked to a little of it.
pub fn name(bytes: &[u8]) {
    if let Ok(name) = client_name(&text(bytes)) {
        assert!(!name.chars().any(char::is_control));
        assert!(!name.is_empty() && name == name.trim());
        let masked = mask_name(&name);
        assert!(
            masked.ends_with('*') && masked.chars().count() <= 3,
            "{masked}"
        );
    }
}
