//! Which of several accounts that are ready.

use super::{Account, Wanted};

/// Draws by weight among those with the fewest tries. After an unknown end, an account that knows a
/// repetition goes before all others: there it cannot become a duplicate.
pub(super) fn draw<'a, 's>(
    ready: Vec<(usize, &'s Account<'a>)>,
    wanted: &Wanted<'_>,
    unit: f64,
) -> Option<(usize, &'s Account<'a>)> {
    if let Some(same) = ready.iter().find(|(_, it)| wanted.repeats(it)) {
        return Some(*same);
    }
    let fewest = ready
        .iter()
        .map(|(_, it)| wanted.failures_of(it.name))
        .min()?;
    let ready = ready
        .into_iter()
        .filter(|(_, it)| wanted.failures_of(it.name) == fewest);
    let (weighted, spare): (Vec<_>, Vec<_>) = ready.partition(|(_, it)| it.weight > 0);
    let ready = sparing(if weighted.is_empty() { spare } else { weighted });
    let weight = |account: &Account<'_>| f64::from(account.weight.max(1));
    let all: f64 = ready.iter().map(|(_, it)| weight(it)).sum();
    let mut rest = unit.clamp(0.0, 1.0) * all;
    ready
        .iter()
        .find(|(_, it)| {
            rest -= weight(it);
            rest < 0.0
        })
        .or(ready.last())
        .copied()
}

/// Without those that take what the client accepted, where another can carry the message: an acceptance
/// is kept for when nothing else leads there.
fn sparing<'a, 's>(mut ready: Vec<(usize, &'s Account<'a>)>) -> Vec<(usize, &'s Account<'a>)> {
    if ready.iter().any(|(_, it)| !it.needs_credit) {
        ready.retain(|(_, it)| !it.needs_credit);
    }
    ready
}
