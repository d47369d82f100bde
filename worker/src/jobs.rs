//! The jobs, in the order of a tick: what a window's opening or closing changes comes before what is
//! planned from it, and both before delivery.

mod apply_posts;
mod ask;
mod codes;
mod confirm_receipts;
mod deliver;
mod digest;
mod emergencies;
mod escalate;
mod groups;
mod mark_missed;
mod open_windows;
mod purge;
mod receipts;
mod remind;
mod steps;

use std::sync::Arc;

use crate::{job::Job, settings::Settings};

/// Every job.
pub fn all(settings: &Settings) -> Vec<Arc<dyn Job>> {
    vec![
        Arc::new(codes::Codes),
        Arc::new(open_windows::JOB),
        Arc::new(mark_missed::JOB),
        Arc::new(remind::JOB),
        Arc::new(escalate::JOB),
        Arc::new(digest::Digest),
        Arc::new(apply_posts::ApplyPosts),
        Arc::new(confirm_receipts::ConfirmReceipts),
        Arc::new(emergencies::Emergencies {
            waits: settings.emergency_waits,
        }),
        Arc::new(deliver::Deliver::default()),
        Arc::new(receipts::Receipts),
        Arc::new(purge::Purge),
    ]
}
