//! What would leave by each way.

use domain::{
    MessageKind,
    template::{
        Mapping, Outbound, Route, Template, TemplateGateway, Unsendable, Wanted, render_for,
    },
    wording::WordList,
};

use super::sample::Sample;
use crate::views::provider_templates::{ChannelPreview, FilledParam, MisfitView};

/// What would leave with these values by a way; `provider` names its account.
pub(in crate::services) fn preview(
    provider: Option<&str>,
    route: Route<'_>,
    kind: MessageKind,
    text: Option<&Template>,
    sample: &Sample,
) -> ChannelPreview {
    let Sample { signature, data } = sample;
    let filed: Option<&Mapping> = match route {
        Route::WholeText => None,
        Route::Filed { usual, .. } => usual,
    };
    let wanted = Wanted {
        kind,
        text,
        discreet: false,
    };
    let render =
        |wanted: &Wanted<'_>| render_for(route, wanted, data, signature, WordList::shipped());
    let sent = render(&wanted);
    let discreet = Wanted {
        discreet: true,
        ..wanted
    };
    let preview = ChannelPreview {
        provider: provider.map(str::to_owned),
        text: None,
        chars: None,
        parts: None,
        template_id: None,
        params: Vec::new(),
        fallback_used: false,
        why: None,
        misfits: filed.map_or_else(Vec::new, |filed| {
            let named = filed.misfits(data).into_iter().filter_map(|(at, misfit)| {
                let name = filed.filing().params.get(at)?.name.clone();
                Some(MisfitView { name, misfit })
            });
            named.collect()
        }),
        outdated: filed
            .zip(text)
            .is_some_and(|(filed, text)| filed.text() != text),
        discreet_text: leads_to_number(route)
            .then(|| render(&discreet).ok())
            .flatten()
            .map(|outbound| outbound.text.text),
    };
    match sent {
        Ok(outbound) => with(preview, outbound),
        Err(Unsendable::NoFallback(why)) => ChannelPreview {
            why: Some(why),
            ..preview
        },
        Err(Unsendable::Refused(_the_signature_of_the_example)) => preview,
    }
}

/// Whether a way ends at a telephone number, which others may share: a card at WeChat goes to the
/// client's own account.
fn leads_to_number(route: Route<'_>) -> bool {
    match route {
        Route::WholeText => true,
        Route::Filed {
            usual,
            dated,
            neutral,
        } => {
            let mut filed = [usual, dated, neutral].into_iter().flatten();
            filed.all(|it| it.filing().gateway != TemplateGateway::Wechat)
        }
    }
}

fn with(preview: ChannelPreview, outbound: Outbound) -> ChannelPreview {
    let (template_id, params) = match outbound.provider_template {
        Some(filled) => (Some(filled.template_id), filled.params),
        None => (None, Vec::new()),
    };
    ChannelPreview {
        text: Some(outbound.text.text),
        chars: Some(outbound.text.chars),
        parts: Some(outbound.text.parts),
        template_id,
        params: params
            .into_iter()
            .map(|(name, value)| FilledParam { name, value })
            .collect(),
        fallback_used: outbound.fallback_used,
        why: outbound.why,
        ..preview
    }
}
