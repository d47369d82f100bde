use platform::Config;

use super::*;

fn status(jobs: Vec<JobRun>, overdue: Vec<(MessageStatus, i64)>) -> Status {
    let agency: AgencyId = "01985c1e-7a30-7c11-9f0e-3b1d5a7c2e44".parse().unwrap();
    let at = DateTime::UNIX_EPOCH + TimeDelta::days(1);
    Status {
        at,
        limits: Limits {
            overdue: TimeDelta::minutes(15),
            stale: TimeDelta::minutes(3),
            schedule: Config::defaults().unwrap().worker.schedule,
        },
        agencies: vec![Sending {
            agency,
            under_way: vec![UnderWay {
                status: MessageStatus::Scheduled,
                count: 4,
                earliest: Some(at - TimeDelta::seconds(90)),
            }],
            overdue,
            held_up: Vec::new(),
            awaited: vec![Awaited {
                gateway: "webhook".to_owned(),
                count: 2,
                oldest: Some(at - TimeDelta::hours(1)),
            }],
            paused_offices: Vec::new(),
            paused_gateways: vec!["aliyun".to_owned()],
        }],
        jobs,
    }
}

fn ago(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(1) - TimeDelta::seconds(seconds)
}

/// Every job ran so long ago.
fn runs(seconds: i64) -> Vec<JobRun> {
    let schedule = Config::defaults().unwrap().worker.schedule;
    let jobs = schedule.entries().into_iter();
    jobs.map(|(job, _)| JobRun {
        job: job.to_owned(),
        ran_at: Some(ago(seconds)),
        failed_at: None,
    })
    .collect()
}

fn run_of<'a>(runs: &'a mut [JobRun], job: &str) -> &'a mut JobRun {
    runs.iter_mut().find(|run| run.job == job).unwrap()
}

#[test]
fn what_goes_on_as_it_should_raises_no_alarm() {
    let mut jobs = runs(5);
    run_of(&mut jobs, "deliver").failed_at = Some(ago(3600));
    let well = status(jobs, Vec::new());
    assert_eq!(well.alarms(), Vec::<String>::new());
    let said = well.to_string();
    for line in [
        "queue_age_seconds 90",
        "messages scheduled 4",
        "messages unknown 0",
        "receipts webhook awaited 2 lag_seconds 3600",
        "paused gateway aliyun",
        "job deliver ran 5 seconds ago failed 3600 seconds ago",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert!(said.ends_with("OK\n"), "{said}");
}

#[test]
fn what_is_overdue_or_failed_does() {
    let late = status(runs(5), vec![(MessageStatus::Claimed, 3)]);
    assert_eq!(late.alarms().len(), 1);
    assert!(
        late.to_string()
            .contains("3 claimed messages overdue by 15 minutes")
    );
    let mut jobs = runs(5);
    run_of(&mut jobs, "deliver").failed_at = Some(ago(5));
    let failed = status(jobs, Vec::new());
    assert_eq!(failed.alarms(), ["job deliver: its last run failed"]);
    assert!(failed.to_string().contains("ALARM job deliver"));
}

#[test]
fn each_job_answers_for_itself_by_its_own_schedule() {
    let none = status(Vec::new(), Vec::new());
    assert_eq!(none.alarms(), ["no job has run yet"]);
    let all = status(runs(90_000), Vec::new());
    assert_eq!(all.alarms(), ["no job has run for 90000 seconds"]);

    // At midnight `remind` was woken at 23:56:15 or later, and `purge` at 19:10.
    let mut jobs = runs(5);
    run_of(&mut jobs, "remind").ran_at = Some(ago(224));
    run_of(&mut jobs, "mark_missed").ran_at = Some(ago(224));
    run_of(&mut jobs, "purge").ran_at = Some(ago(17_400));
    assert_eq!(
        status(jobs.clone(), Vec::new()).alarms(),
        Vec::<String>::new()
    );
    run_of(&mut jobs, "remind").ran_at = Some(ago(226));
    run_of(&mut jobs, "purge").ran_at = Some(ago(17_401));
    jobs.retain(|run| run.job != "digest");
    assert_eq!(
        status(jobs, Vec::new()).alarms(),
        [
            "job remind has not run for 226 seconds",
            "job digest has not run yet",
            "job purge has not run for 17401 seconds",
        ]
    );
}

#[test]
fn what_providers_hold_up_is_shown_and_in_time_an_alarm() {
    let mut held = status(runs(5), Vec::new());
    let by = |gateway: Option<&str>, count, seconds| HeldUp {
        gateway: gateway.map(str::to_owned),
        count,
        since: Some(ago(seconds)),
    };
    held.agencies[0].held_up = vec![by(None, 2, 900), by(Some("aliyun"), 7, 120)];
    let said = held.to_string();
    for line in [
        "queue_age_seconds 900",
        "held_up - messages 2 longest_seconds 900",
        "held_up aliyun messages 7 longest_seconds 120",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert!(said.ends_with("OK\n"), "{said}");
    held.agencies[0].held_up = vec![by(None, 2, 901), by(Some("aliyun"), 7, 4000)];
    let agency = held.agencies[0].agency;
    assert_eq!(
        held.alarms(),
        [
            format!("agency {agency}: 2 messages held up for 15 minutes, not tried yet"),
            format!("agency {agency}: 7 messages held up for 66 minutes, last tried by aliyun"),
        ]
    );
}
