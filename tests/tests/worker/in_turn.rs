//! Messages that leave one at a time: nobody could be asked about them.

use chrono::TimeDelta;
use domain::Channel;
use tests::{on_both, vendors::ALIYUN};
use worker::{Provider, Providers};

use crate::{
    bad_row::several,
    scripted::Scripted,
    story::{as_owner, eventually},
};

on_both! {
    /// The database does not take what came of the first: the others stay here, so that one may come twice.
    async fn what_was_not_recorded_is_followed_by_none(setup: Setup) {
        let account = Scripted::new(ALIYUN, Channel::Sms);
        let provider = Provider {
            one_at_a_time: true,
            knows_repetition_for: TimeDelta::days(1),
            ..account.provider(1)
        };
        let app = setup.with_providers(Providers::new(vec![provider], [])).start().await;
        several(&app, 4).await;
        app.advance("2025-09-29T08:59").await;
        let before = account.tried();
        let answer = account.hold_next();
        app.outage_until("2025-09-29T09:00");
        let sending = app.clone();
        let sending = tokio::spawn(async move { sending.worker().run_job_once("deliver").await });
        eventually("the first is on its way", async || account.tried() > before).await;
        as_owner(&app, "ALTER TABLE attempt_outcomes RENAME TO attempt_outcomes_away");
        answer.add_permits(1);
        sending.await.unwrap().unwrap_err();
        assert_eq!(account.tried(), before + 1);
        as_owner(&app, "ALTER TABLE attempt_outcomes_away RENAME TO attempt_outcomes");
        app.advance("2025-09-29T09:03").await;
        assert_eq!(account.tried(), before + 1 + 4);
    }
}
