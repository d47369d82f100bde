//! What would leave by each way.

use domain::{
    MessageKind,
    template::{Mapping, Outbound, Route, Template, Unsendable, Wanted, render_for},
    wording::WordList,
};

use super::sample;
use crate::views::provider_templates::{ChannelPreview, FilledParam, MisfitView};

/// What would leave with long values by a way; `provider` names its account.
pub(in crate::services) fn preview(
    provider: Option<&str>,
    route: Route<'_>,
    kind: MessageKind,
    text: Option<&Template>,
) -> ChannelPreview {
    let data = sample::long_values();
    let filed: Option<&Mapping> = match route {
        Route::WholeText => None,
        Route::Filed { usual, .. } => usual,
    };
    let wanted = Wanted {
        kind,
        text,
        discreet: false,
    };
    let sent = render_for(
        route,
        &wanted,
        &data,
        sample::SIGNATURE,
        WordList::shipped(),
    );
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
            let named = filed.misfits(&data).into_iter().filter_map(|(at, misfit)| {
                let name = filed.filing().params.get(at)?.name.clone();
                Some(MisfitView { name, misfit })
            });
            named.collect()
        }),
        outdated: filed
            .zip(text)
            .is_some_and(|(filed, text)| filed.text() != text),
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
