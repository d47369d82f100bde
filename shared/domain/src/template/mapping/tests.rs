use TemplateGateway as G;

use super::*;

fn param(name: &str, variable: Placeholder) -> Param {
    Param {
        name: name.to_owned(),
        variable: Some(variable),
        value: None,
        rule: None,
    }
}

fn filing(gateway: G, params: Vec<Param>) -> Filing {
    Filing {
        gateway,
        kind: MessageKind::AppointmentReminder,
        template_id: "SMS_100001".to_owned(),
        params,
        variable_chars: None,
    }
}

fn mapping(filing: Filing, text: &str) -> Result<Mapping, Refusal> {
    Mapping::new(filing, Template::parse(text, WordList::shipped()).unwrap())
}

#[track_caller]
fn refused(filing: Filing, text: &str, pointer: &str) {
    let refusal = mapping(filing, text).unwrap_err();
    assert_eq!(refusal.code, RefusalCode::InvalidValue);
    assert_eq!(refusal.pointer.as_deref(), Some(pointer), "{refusal}");
}

const TEXT: &str = "{name}您好,请于{date}到站";

fn named() -> Vec<Param> {
    vec![
        param("name", Placeholder::Name),
        param("day_1", Placeholder::Date),
    ]
}

fn data() -> Variables {
    Variables::new()
        .with(Placeholder::Name, "欧阳先生")
        .with(Placeholder::Date, "12月31日")
        .with(Placeholder::Day, "2026年12月31日")
        .with(Placeholder::Phone, "0571-88880000")
}

#[test]
fn variables_are_filled_in_in_the_providers_order() {
    let mapped = mapping(filing(G::Aliyun, named()), TEXT).unwrap();
    assert_eq!(mapped.misfits(&data()), []);
    let filled = mapped.fill(&data(), WordList::shipped()).unwrap();
    assert_eq!(filled.template_id, "SMS_100001");
    let expected = [("name", "欧阳先生"), ("day_1", "12月31日")];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(filled.params, expected);
    assert!(!format!("{filled:?}").contains("欧阳"));
}

#[test]
fn every_place_has_its_variable_and_every_variable_its_place() {
    for gateway in [G::Aliyun, G::Tencent] {
        refused(filing(gateway, Vec::new()), TEXT, "/params");
    }
    refused(
        filing(G::Aliyun, named()),
        "请于{date}到站",
        "/params/0/variable",
    );
    let twice = vec![
        param("name", Placeholder::Name),
        param("name", Placeholder::Date),
    ];
    refused(filing(G::Aliyun, twice), TEXT, "/params/1/name");
    let many = (0..21).map(|n| param(&format!("n{n}"), Placeholder::Name));
    refused(filing(G::Aliyun, many.collect()), TEXT, "/params");
}

#[test]
fn names_are_as_the_gateway_has_them() {
    for (gateway, name) in [
        (G::Aliyun, "1"),
        (G::Aliyun, "${name}"),
        (G::Aliyun, ""),
        (G::Tencent, "2"),
        (G::Tencent, "name"),
        (G::Wechat, "first"),
        (G::Wechat, "thing"),
        (G::Wechat, "colour1"),
        (G::Wechat, "1"),
    ] {
        let params = vec![param(name, Placeholder::Date)];
        refused(filing(gateway, params), "请于{date}到站", "/params/0/name");
    }
    let mut strange = filing(G::Aliyun, named());
    strange.template_id = "SMS 1".to_owned();
    refused(strange, TEXT, "/template_id");
}

#[test]
fn what_only_another_gateway_has_is_refused() {
    let mut ruled = filing(G::Tencent, vec![param("1", Placeholder::Date)]);
    for one in &mut ruled.params {
        one.rule = Some(VariableRule::Time);
    }
    refused(ruled, "请于{date}到站", "/params/0/rule");
    for (gateway, chars) in [(G::Aliyun, 6), (G::Aliyun, 0), (G::Tencent, 36)] {
        let mut bounded = filing(gateway, Vec::new());
        bounded.variable_chars = Some(chars);
        refused(bounded, "您好", "/variable_chars");
    }
    let beside = vec![param("1", Placeholder::Date), param("2", Placeholder::Time)];
    refused(
        filing(G::Tencent, beside),
        "请于{date}{time}到站",
        "/params",
    );
}

#[test]
fn a_card_states_the_date_that_the_text_states() {
    let card = |field, variable| filing(G::Wechat, vec![param(field, variable)]);
    refused(card("thing1", Placeholder::Name), TEXT, "/params");
    assert!(mapping(card("date2", Placeholder::Day), TEXT).is_ok());
    // WeChat's dates have their year.
    let without_year = mapping(card("date2", Placeholder::Date), TEXT).unwrap();
    assert_eq!(without_year.misfits(&data()), [(0, Misfit::BadCharacters)]);
}

#[test]
fn limits_are_those_of_gateway_account_and_rule() {
    let phone = |gateway, name: &str| {
        let params = vec![param(name, Placeholder::Phone)];
        filing(gateway, params)
    };
    let text = "请致电{phone}";
    let six = mapping(phone(G::Tencent, "1"), text).unwrap();
    assert_eq!(six.misfits(&data()), [(0, Misfit::TooLong)]);
    assert_eq!(
        six.fill(&data(), WordList::shipped()),
        Err(FallbackReason::DoesNotFit)
    );
    let mut wide = phone(G::Tencent, "1");
    wide.variable_chars = Some(20);
    assert_eq!(mapping(wide, text).unwrap().misfits(&data()), []);

    let mut ruled = phone(G::Aliyun, "phone");
    for one in &mut ruled.params {
        one.rule = Some(VariableRule::Name);
    }
    assert_eq!(
        mapping(ruled, text).unwrap().misfits(&data()),
        [(0, Misfit::BadCharacters)]
    );
    let missing = mapping(phone(G::Aliyun, "phone"), text).unwrap();
    assert_eq!(missing.misfits(&Variables::new()), [(0, Misfit::Empty)]);
}

#[test]
fn a_field_beyond_the_text_gives_nothing_away() {
    let params = vec![param("thing1", Placeholder::Contact)];
    let card = mapping(filing(G::Wechat, params), "您好").unwrap();
    let loud = data().with(Placeholder::Contact, "康复中心");
    assert_eq!(
        card.fill(&loud, WordList::shipped()),
        Err(FallbackReason::Refused)
    );
}

#[test]
fn an_account_that_takes_no_variables_is_filed_texts_without_any() {
    let barred = |params| Filing {
        variable_chars: Some(0),
        ..filing(G::Tencent, params)
    };
    assert!(mapping(barred(Vec::new()), "您有一项预约服务待办理").is_ok());
    let dated = vec![param("1", Placeholder::Date)];
    refused(barred(dated), "请于{date}到站", "/params");
    // Codes are sent by whatever terms.
    let code = Filing {
        kind: MessageKind::SignInCode,
        ..barred(vec![param("1", Placeholder::Code)])
    };
    assert!(mapping(code, "登录码{code}").is_ok());
}

fn fixed(name: &str, words: &str) -> Param {
    Param {
        name: name.to_owned(),
        variable: None,
        value: Some(words.to_owned()),
        rule: None,
    }
}

#[test]
fn a_card_holds_fixed_words_beside_values() {
    let fields = vec![
        fixed("thing1", "预约服务"),
        param("date2", Placeholder::Day),
        fixed("phrase3", "待办理"),
    ];
    let card = mapping(filing(G::Wechat, fields), TEXT).unwrap();
    let filled = card.fill(&data(), WordList::shipped()).unwrap();
    let expected = [
        ("thing1", "预约服务"),
        ("date2", "2026年12月31日"),
        ("phrase3", "待办理"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(filled.params, expected);

    // The neutral one goes out without any value, and with all of its fields.
    let words = vec![fixed("thing1", "预约服务"), fixed("phrase3", "待办理")];
    let neutral = mapping(filing(G::Wechat, words), "您好").unwrap();
    assert_eq!(neutral.check_neutral(), Ok(()));
    assert!(neutral.fill(&Variables::new(), WordList::shipped()).is_ok());
    let named = vec![
        fixed("thing1", "预约服务"),
        param("name2", Placeholder::Name),
    ];
    let refusal = mapping(filing(G::Wechat, named), "您好")
        .unwrap()
        .check_neutral()
        .unwrap_err();
    assert_eq!(refusal.pointer.as_deref(), Some("/params/1/variable"));
    refused(filing(G::Wechat, Vec::new()), "您好", "/params");
}

#[test]
fn fixed_words_keep_the_rules_of_their_field_and_of_wording() {
    for (field, words) in [
        ("phrase1", "请尽快来办理"),
        ("phrase1", "待办理1"),
        ("thing1", ""),
        ("thing1", "第一行\n第二行"),
        ("date1", "12月31日"),
        ("enum1", &"字".repeat(36)),
    ] {
        let card = filing(G::Wechat, vec![fixed(field, words)]);
        refused(card, "您好", "/params/0/value");
    }
    for words in ["康复服务", "详见www.example"] {
        let card = filing(G::Wechat, vec![fixed("thing1", words)]);
        let refusal = mapping(card, "您好").unwrap_err();
        assert_eq!(
            refusal.pointer.as_deref(),
            Some("/params/0/value"),
            "{words}"
        );
    }
    let mut both = fixed("thing1", "预约服务");
    both.variable = Some(Placeholder::Name);
    let neither = Param {
        value: None,
        ..fixed("thing1", "")
    };
    for strange in [both, neither] {
        refused(filing(G::Wechat, vec![strange]), "您好", "/params/0");
    }
    for gateway in [G::Aliyun, G::Tencent] {
        let name = if gateway == G::Aliyun { "name" } else { "1" };
        let card = filing(gateway, vec![fixed(name, "预约服务")]);
        refused(card, "您好", "/params/0/value");
    }
}
