//! What goes out by a channel: the usual text where it fits, else the short one with the date, else the
//! neutral one of its kind.
//!
//! Where two rules meet: a text states the stored date, whole and as it is stored, or none at all. A
//! value that does not fit is never shortened, and nothing is sent with half of a date: a text with
//! nothing but the date goes out, or the one without variables, which asks to call the office, and the
//! date stands in the app and on paper. A number that is shared or not verified gets the one without
//! variables wherever it is sent from.

use super::{Filled, Mapping, Rendered, Template, Variables, neutral};
use crate::{MessageKind, Refusal, coded, wording::WordList};

coded! {
    /// Why another text than the usual one goes out.
    FallbackReason {
        /// The number is shared or not verified: others may read it.
        Discreet = "discreet",
        /// Nobody wrote a text for the step.
        NoText = "no_text",
        /// The text is not filed with the provider's account, or the account takes no variables.
        NotFiled = "not_filed",
        /// A value breaks a rule of the provider's variable.
        DoesNotFit = "does_not_fit",
        /// A value is missing, or the finished text has something in it that it may not contain.
        Refused = "refused",
    }
}

/// By which way a message leaves.
#[derive(Debug, Clone, Copy)]
pub enum Route<'a> {
    /// The gateway takes the whole text.
    WholeText,
    /// The gateway sends what is filed with its account.
    Filed {
        /// What is filed for the step.
        usual: Option<&'a Mapping>,
        /// What is filed for the kind under [`super::DATED_STEP`].
        dated: Option<&'a Mapping>,
        /// What is filed for the kind under [`super::NEUTRAL_STEP`].
        neutral: Option<&'a Mapping>,
    },
}

/// What is to be said.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// What it is about.
    pub kind: MessageKind,
    /// The text in force for the step; `None`: nobody wrote one.
    pub text: Option<&'a Template>,
    /// Whether others may read it: see [`FallbackReason::Discreet`].
    pub discreet: bool,
}

/// A message ready to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    /// The whole text with its signature, as the client reads it: what is stored, and what a gateway
    /// takes that fills nothing in.
    pub text: Rendered,
    /// What the provider is sent instead.
    pub provider_template: Option<Filled>,
    /// Whether it is another than the usual text: the short one with the date, or the neutral one.
    pub fallback_used: bool,
    /// Why, if it is.
    pub why: Option<FallbackReason>,
    /// Whether it states the stored date.
    pub states_date: bool,
}

/// Nothing can be sent this way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    /// Neither the usual nor a neutral text goes out by this account: another one may have them.
    #[error("no text is filed that could be sent ({0})")]
    NoFallback(FallbackReason),
    /// The neutral text itself is refused: the office's signature is at fault, whatever the way.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// What goes out by a way. Pure: the same for a preview and at the moment of sending.
///
/// # Errors
/// [`Unsendable`].
pub fn render_for(
    route: Route<'_>,
    wanted: &Wanted<'_>,
    data: &Variables,
    signature: &str,
    words: &WordList,
) -> Result<Outbound, Unsendable> {
    let why = if wanted.discreet {
        FallbackReason::Discreet
    } else {
        match usual(route, wanted, data, signature, words) {
            Ok(outbound) => return Ok(outbound),
            Err(why) => why,
        }
    };
    if let Some(outbound) = dated(route, why, wanted, data, signature, words) {
        return Ok(outbound);
    }
    // A code is all there is to its text.
    if wanted.kind == MessageKind::SignInCode {
        return Err(Unsendable::NoFallback(why));
    }
    let (template, filed) = match route {
        Route::WholeText => (neutral(wanted.kind), None),
        Route::Filed { neutral, .. } => {
            let filed = neutral.ok_or(Unsendable::NoFallback(why))?;
            (filed.text(), Some(filed))
        }
    };
    let nothing = Variables::new();
    let text = template.render(&nothing, signature, words)?;
    let provider_template = match filed.map(|filed| filed.fill(&nothing, words)) {
        None => None,
        Some(Ok(params)) => Some(params),
        Some(Err(_has_variables)) => return Err(Unsendable::NoFallback(why)),
    };
    Ok(Outbound {
        text,
        provider_template,
        fallback_used: true,
        why: Some(why),
        // It has nothing to fill in.
        states_date: false,
    })
}

/// The short text with the date, where the usual one is not filed or does not fit, and this one is and
/// does.
fn dated(
    route: Route<'_>,
    why: FallbackReason,
    wanted: &Wanted<'_>,
    data: &Variables,
    signature: &str,
    words: &WordList,
) -> Option<Outbound> {
    let (Route::Filed { dated, .. }, FallbackReason::NotFiled | FallbackReason::DoesNotFit) =
        (route, why)
    else {
        return None;
    };
    let instead = Route::Filed {
        usual: Some(dated?),
        dated: None,
        neutral: None,
    };
    let outbound = usual(instead, wanted, data, signature, words).ok()?;
    Some(Outbound {
        fallback_used: true,
        why: Some(why),
        ..outbound
    })
}

fn usual(
    route: Route<'_>,
    wanted: &Wanted<'_>,
    data: &Variables,
    signature: &str,
    words: &WordList,
) -> Result<Outbound, FallbackReason> {
    let (template, filed) = match route {
        Route::WholeText => (wanted.text.ok_or(FallbackReason::NoText)?, None),
        Route::Filed { usual, .. } => {
            let filed = usual.ok_or(FallbackReason::NotFiled)?;
            (filed.text(), Some(filed))
        }
    };
    let text = template
        .render(data, signature, words)
        .map_err(|_refusal| FallbackReason::Refused)?;
    let provider_template = match filed {
        None => None,
        Some(filed) if filed.holds(&text.text) => Some(filed.fill(data, words)?),
        Some(_) => return Err(FallbackReason::DoesNotFit),
    };
    Ok(Outbound {
        text,
        provider_template,
        fallback_used: false,
        why: None,
        states_date: template.states_date(),
    })
}

#[cfg(test)]
mod tests {
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
}
