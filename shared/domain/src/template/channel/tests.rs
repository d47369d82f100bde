use FallbackReason as F;

use super::*;
use crate::template::{Filing, Param, Placeholder, TemplateGateway};

const TEXT: &str = "{name}您好,请于{date}到站";

fn parse(text: &str) -> Template {
    Template::parse(text, WordList::shipped()).unwrap()
}

fn filed(params: &[(&str, Placeholder)], text: &str) -> Mapping {
    let params = params.iter().map(|(name, variable)| Param {
        name: (*name).to_owned(),
        variable: Some(*variable),
        value: None,
        rule: None,
    });
    let filing = Filing {
        gateway: TemplateGateway::Tencent,
        kind: MessageKind::AppointmentReminder,
        template_id: "1110".to_owned(),
        params: params.collect(),
        variable_chars: None,
    };
    Mapping::new(filing, parse(text)).unwrap()
}

fn usual() -> Mapping {
    filed(&[("1", Placeholder::Name), ("2", Placeholder::Date)], TEXT)
}

fn data(name: &str) -> Variables {
    Variables::new()
        .with(Placeholder::Name, name)
        .with(Placeholder::Date, "12月31日")
        .with(Placeholder::Code, "012345")
}

fn sent(
    route: Route<'_>,
    text: Option<&Template>,
    discreet: bool,
    name: &str,
) -> Result<Outbound, Unsendable> {
    let wanted = Wanted {
        kind: MessageKind::AppointmentReminder,
        text,
        discreet,
    };
    render_for(
        route,
        &wanted,
        &data(name),
        "城东服务站",
        WordList::shipped(),
    )
}

fn is_neutral(outbound: &Outbound, why: FallbackReason) -> bool {
    let neutral = neutral(MessageKind::AppointmentReminder).text();
    outbound.text.text == format!("【城东服务站】{neutral}")
        && outbound.fallback_used
        && outbound.why == Some(why)
        && !outbound.states_date
}

#[test]
fn a_gateway_that_takes_texts_gets_the_whole_text() {
    let text = parse(TEXT);
    let outbound = sent(Route::WholeText, Some(&text), false, "王先生").unwrap();
    assert_eq!(
        outbound.text.text,
        "【城东服务站】王先生您好,请于12月31日到站"
    );
    assert_eq!(outbound.provider_template, None);
    assert!(!outbound.fallback_used && outbound.why.is_none());
    assert!(outbound.states_date);
}

#[test]
fn a_text_without_the_date_says_so_though_it_is_the_usual_one() {
    for (text, states_date) in [("{name}您好", false), (TEXT, true)] {
        let outbound = sent(Route::WholeText, Some(&parse(text)), false, "王先生").unwrap();
        assert_eq!(outbound.states_date, states_date, "{text}");
    }
}

#[test]
fn a_provider_gets_its_template_and_we_keep_the_text_it_makes() {
    let (successor, usual) = (parse("{name}您好,{date}见"), usual());
    let route = Route::Filed {
        usual: Some(&usual),
        dated: None,
        neutral: None,
    };
    let outbound = sent(route, Some(&successor), false, "王先生").unwrap();
    // The text that was filed, though another one is in force here by now.
    assert_eq!(
        outbound.text.text,
        "【城东服务站】王先生您好,请于12月31日到站"
    );
    assert!(outbound.states_date);
    let filled = outbound.provider_template.unwrap();
    assert_eq!(filled.template_id, "1110");
    assert_eq!(filled.params.len(), 2);
}

#[test]
fn a_value_that_does_not_fit_is_not_shortened() {
    let (usual, plain) = (
        usual(),
        filed(&[], neutral(MessageKind::AppointmentReminder).text()),
    );
    let route = Route::Filed {
        usual: Some(&usual),
        dated: None,
        neutral: Some(&plain),
    };
    let outbound = sent(route, None, false, "阿卜杜拉先生先生").unwrap();
    assert!(is_neutral(&outbound, FallbackReason::DoesNotFit));
    assert_eq!(outbound.provider_template.unwrap().params, []);

    // The same value does on a way without limits.
    let text = parse(TEXT);
    let whole = sent(Route::WholeText, Some(&text), false, "阿卜杜拉先生先生");
    assert!(!whole.unwrap().fallback_used);
}

#[test]
fn the_date_goes_out_where_the_usual_text_does_not_fit() {
    let (usual, plain) = (
        usual(),
        filed(&[], neutral(MessageKind::AppointmentReminder).text()),
    );
    let dated = filed(&[("1", Placeholder::Date)], "您的预约请最晚于{date}到站");
    let route = |usual| Route::Filed {
        usual,
        dated: Some(&dated),
        neutral: Some(&plain),
    };
    for (usual, name, why) in [
        (Some(&usual), "阿卜杜拉先生先生", F::DoesNotFit),
        (None, "王先生", F::NotFiled),
    ] {
        let outbound = sent(route(usual), None, false, name).unwrap();
        assert_eq!(
            outbound.text.text,
            "【城东服务站】您的预约请最晚于12月31日到站"
        );
        assert_eq!((outbound.fallback_used, outbound.why), (true, Some(why)));
        assert_eq!(outbound.provider_template.unwrap().params.len(), 1);
    }
    // Others may read it, or something is wrong with the values: nothing but the neutral one.
    let shared = sent(route(Some(&usual)), None, true, "王先生").unwrap();
    assert!(is_neutral(&shared, F::Discreet));
    let refused = sent(route(Some(&usual)), None, false, "康复").unwrap();
    assert!(is_neutral(&refused, F::Refused));
}

#[test]
fn a_text_that_grows_too_long_is_not_cut() {
    let (long, plain) = ("{name}".repeat(49), filed(&[], "您好"));
    let filing = Filing {
        gateway: TemplateGateway::Aliyun,
        kind: MessageKind::AppointmentReminder,
        template_id: "SMS_1".to_owned(),
        params: vec![Param {
            name: "name".to_owned(),
            variable: Some(Placeholder::Name),
            value: None,
            rule: None,
        }],
        variable_chars: None,
    };
    let usual = Mapping::new(filing, parse(&long)).unwrap();
    let route = Route::Filed {
        usual: Some(&usual),
        dated: None,
        neutral: Some(&plain),
    };
    let short = sent(route, None, false, "王先生").unwrap();
    assert!(!short.fallback_used);
    let long = sent(route, None, false, "阿卜杜拉买买提江江先生").unwrap();
    assert_eq!(long.why, Some(F::DoesNotFit));
}

#[test]
fn each_reason_for_the_neutral_text_is_named() {
    let (text, usual) = (parse(TEXT), usual());
    let plain = filed(&[], neutral(MessageKind::AppointmentReminder).text());
    let only_plain = Route::Filed {
        usual: None,
        dated: None,
        neutral: Some(&plain),
    };
    let both = Route::Filed {
        usual: Some(&usual),
        dated: None,
        neutral: Some(&plain),
    };
    for (route, text, discreet, name, why) in [
        (Route::WholeText, Some(&text), true, "王先生", F::Discreet),
        (both, Some(&text), true, "王先生", F::Discreet),
        (Route::WholeText, None, false, "王先生", F::NoText),
        (only_plain, Some(&text), false, "王先生", F::NotFiled),
        (Route::WholeText, Some(&text), false, "", F::Refused),
        (both, Some(&text), false, "康复", F::Refused),
    ] {
        let outbound = sent(route, text, discreet, name).unwrap();
        assert!(is_neutral(&outbound, why), "{why}: {outbound:?}");
    }
}

#[test]
fn what_cannot_be_sent_says_whether_another_account_could() {
    let usual = usual();
    let without_neutral = Route::Filed {
        usual: Some(&usual),
        dated: None,
        neutral: None,
    };
    assert_eq!(
        sent(without_neutral, None, true, "王先生"),
        Err(Unsendable::NoFallback(FallbackReason::Discreet))
    );
    let wanted = Wanted {
        kind: MessageKind::AppointmentReminder,
        text: None,
        discreet: true,
    };
    let refused = render_for(
        Route::WholeText,
        &wanted,
        &data("王先生"),
        "康复中心",
        WordList::shipped(),
    );
    assert!(matches!(refused, Err(Unsendable::Refused(_))));
}

#[test]
fn a_code_goes_out_whole_or_not_at_all() {
    let wanted = Wanted {
        kind: MessageKind::SignInCode,
        text: Some(crate::sign_in_code::template()),
        discreet: false,
    };
    let words = WordList::shipped();
    let good = render_for(Route::WholeText, &wanted, &data("王先生"), "城东", words);
    assert!(good.unwrap().text.text.contains("012345"));
    let none = Variables::new();
    assert_eq!(
        render_for(Route::WholeText, &wanted, &none, "城东", words),
        Err(Unsendable::NoFallback(FallbackReason::Refused))
    );
}
