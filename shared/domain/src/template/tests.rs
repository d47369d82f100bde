use super::*;

fn usual() -> Variables {
    Variables::new()
        .with(Placeholder::Name, "欧阳先生")
        .with(
            Placeholder::Date,
            &date_text(NaiveDate::from_ymd_opt(2026, 12, 31).unwrap()),
        )
        .with(
            Placeholder::Time,
            &time_text(NaiveTime::from_hms_opt(17, 0, 0).unwrap()),
        )
        .with(Placeholder::Contact, "李老师")
        .with(Placeholder::Phone, "0571-88880000")
        .with(Placeholder::Count, "12")
}

fn parse(text: &str) -> Result<Template, Refusal> {
    Template::parse(text, WordList::shipped())
}

fn render(text: &str, variables: &Variables) -> Result<Rendered, Refusal> {
    parse(text)?.render(variables, "城东服务站", WordList::shipped())
}

#[test]
fn every_shipped_text_is_one_sms() {
    for (kind, step, template) in shipped_steps() {
        let rendered = template
            .render(&usual(), "城东区服务站", WordList::shipped())
            .unwrap();
        assert_eq!(
            rendered.parts, 1,
            "{kind} {step}: {} characters",
            rendered.chars
        );
        assert!(rendered.chars <= 70);
    }
}

#[test]
fn what_states_a_date_has_a_short_text_that_fits_everywhere() {
    use MessageKind as K;
    for &kind in MessageKind::ALL {
        let reminds = matches!(kind, K::AppointmentReminder | K::ReportInReminder);
        let Some(text) = dated(kind) else {
            assert!(!reminds, "{kind}");
            continue;
        };
        assert!(reminds && text.states_date(), "{kind}");
        let filing = Filing {
            gateway: TemplateGateway::Tencent,
            kind,
            template_id: "1110".to_owned(),
            params: vec![Param {
                name: "1".to_owned(),
                variable: Some(Placeholder::Date),
                value: None,
                rule: None,
            }],
            variable_chars: None,
        };
        let mapping = Mapping::new(filing, text.clone()).unwrap();
        assert_eq!(mapping.misfits(&usual()), []);
        let rendered = text.render(
            &usual(),
            "城东区服务站办理中心二号窗口六",
            WordList::shipped(),
        );
        assert_eq!(rendered.unwrap().parts, 1, "{kind}");
    }
}

#[test]
fn every_step_of_the_default_ladder_has_a_text() {
    use MessageKind as K;
    let expected = [
        (K::AppointmentReminder, "d-3"),
        (K::AppointmentReminder, "d-7"),
        (K::AppointmentReminder, "d0"),
        (K::AppointmentReminder, "wd-1"),
        (K::AppointmentOverdue, "overdue"),
        (K::ReportInReminder, "d-2"),
        (K::ReportInReminder, "d-5"),
        (K::ReportInReminder, "d0"),
        (K::StaffDigest, "daily"),
        (K::StaffAlert, "emergency"),
        (K::StaffAlert, "escalation"),
        (K::StaffAlert, "message_budget"),
    ];
    let steps: Vec<_> = shipped_steps()
        .map(|(kind, step, _)| (kind, step))
        .collect();
    assert_eq!(steps, expected);
    assert!(shipped(K::AppointmentReminder, "d-7").is_some());
    assert_eq!(shipped(K::AppointmentReminder, "d-99"), None);
}

#[test]
fn every_kind_has_a_neutral_text_without_variables() {
    for &kind in MessageKind::ALL {
        let template = neutral(kind);
        assert!(template.placeholders().is_empty(), "{kind}");
        let rendered = template
            .render(&Variables::new(), "城东服务站", WordList::shipped())
            .unwrap();
        assert_eq!(rendered.parts, 1);
    }
}

#[test]
fn a_text_is_filled_in_behind_its_signature() {
    let variables = usual().with(Placeholder::Name, "王先生");
    let rendered = render("{name}您好,请于{date}{time}前到站。", &variables).unwrap();
    assert_eq!(
        rendered.text,
        "【城东服务站】王先生您好,请于12月31日17:00前到站。"
    );
    assert_eq!((rendered.parts, rendered.chars), (1, 30));
}

#[test]
fn bad_templates_are_refused_at_their_field() {
    for (text, code) in [
        ("", RefusalCode::InvalidValue),
        (" ", RefusalCode::InvalidValue),
        ("您好{nickname}", RefusalCode::InvalidValue),
        ("您好{name", RefusalCode::InvalidValue),
        ("您好name}", RefusalCode::InvalidValue),
        ("您好{{name}}", RefusalCode::InvalidValue),
        ("您好{}", RefusalCode::InvalidValue),
        ("您好\n{name}", RefusalCode::InvalidValue),
        ("【别处】您好", RefusalCode::InvalidValue),
        (&"字".repeat(301), RefusalCode::InvalidValue),
        ("请来检测", RefusalCode::WordingRefused),
        ("请来检{date}测", RefusalCode::WordingRefused),
        ("详见www.example", RefusalCode::WordingRefused),
    ] {
        let refusal = parse(text).unwrap_err();
        assert_eq!(refusal.code, code, "{text}");
        assert_eq!(refusal.pointer.as_deref(), Some("/text"), "{text}");
    }
}

#[test]
fn values_are_checked_after_rendering() {
    let contact = |value: &str| usual().with(Placeholder::Contact, value);
    for value in [
        "康复老师",
        "11010519491231002X",
        "http://a",
        "",
        "\u{200B}",
        &"李".repeat(36),
    ] {
        let refusal = render("请联系{contact}", &contact(value)).unwrap_err();
        assert_eq!(refusal.code, RefusalCode::WordingRefused, "{value}");
    }
    // A word that only the template and the value make together.
    assert!(render("请来检{contact}", &contact("测老师")).is_err());
    assert!(render("请联系{contact}", &Variables::new()).is_err());
}

#[test]
fn a_value_cannot_break_out_of_its_place() {
    let variables = usual().with(Placeholder::Contact, "李\r\nBcc: x【别处】{name}\u{2028}");
    let rendered = render("请联系{contact}", &variables).unwrap();
    assert_eq!(rendered.text, "【城东服务站】请联系李Bcc: x别处name");
}

#[test]
fn a_bad_signature_is_refused() {
    let template = parse("您好").unwrap();
    let refusal = template
        .render(&usual(), "康复中心", WordList::shipped())
        .unwrap_err();
    assert_eq!(refusal.pointer.as_deref(), Some("/message_signature"));
}

#[test]
fn nothing_personal_is_shown() {
    let rendered = render("{name}您好", &usual()).unwrap();
    assert!(!format!("{rendered:?} {:?}", usual()).contains("欧阳"));
}
