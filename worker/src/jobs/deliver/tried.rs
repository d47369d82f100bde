//! How earlier tries at a message ended, for the choice of the next account.

use domain::{
    AttemptOutcome, HopCause,
    provider_choice::{Ended, Tried},
};
use gateways::Failure;
use storage::{attempts::Try, messages::Message};

use crate::{Providers, jobs::receipts::goes_again};

/// The tries in the order they were made.
pub(super) fn tried<'a>(
    message: &Message,
    tries: &'a [Try],
    providers: &Providers,
) -> Vec<Tried<'a>> {
    // Why a try was not the last one stands with the next, or else with the message.
    let causes = tries
        .iter()
        .skip(1)
        .map(|next| next.hop_cause)
        .chain([message.hop_cause.filter(|_| went_on(message, tries))]);
    tries
        .iter()
        .zip(causes)
        .map(|(made, cause)| Tried {
            account: &made.gateway,
            ended: match ended(made.outcome, cause) {
                // It may have been taken, and another would take a second of what the client accepted.
                Ended::ForNow(Failure::Unknown) if needs_credit(providers, &made.gateway) => {
                    Ended::ForGood(HopCause::ProviderFailed)
                }
                ended => ended,
            },
        })
        .collect()
}

/// Whether the message's cause is of its last try: that of an earlier one stays with it.
fn went_on(message: &Message, tries: &[Try]) -> bool {
    let is_unknown = |last: &Try| matches!(last.outcome, None | Some(AttemptOutcome::Unknown));
    !tries.last().is_some_and(is_unknown) || goes_again(message).is_none()
}

fn needs_credit(providers: &Providers, account: &str) -> bool {
    providers.named(account).is_some_and(|it| it.needs_credit)
}

fn ended(outcome: Option<AttemptOutcome>, cause: Option<HopCause>) -> Ended {
    use AttemptOutcome as O;
    match outcome {
        Some(O::Permanent) => Ended::ForGood(HopCause::PermanentFailure),
        // It was taken, and the message would not be due again but for a receipt, or the want of one.
        Some(O::Accepted | O::Delivered) => Ended::ForGood(cause.unwrap_or(HopCause::NoReceipt)),
        Some(O::Transient) => Ended::ForNow(Failure::Transient),
        Some(O::Quota) => Ended::ForNow(Failure::Quota),
        Some(O::Configuration) => Ended::ForNow(Failure::Configuration),
        Some(O::Unknown) | None => match cause {
            // It was found to have been taken, and then no receipt came, or one of a failure.
            Some(
                cause @ (HopCause::NoReceipt
                | HopCause::TemporaryFailure
                | HopCause::PermanentFailure),
            ) => Ended::ForGood(cause),
            _ => Ended::ForNow(Failure::Unknown),
        },
    }
}
