//! The worker as a whole: jobs in order, clock stops, and the scheduler.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{AppointmentStatus, MessageStatus};
use gateways::{Accepted, Failure, SendError};
use platform::Shutdown;
use worker::{JobError, ScheduleError};

use crate::{
    gateways::{Broken, Hanging},
    site::{Site, instant},
};

#[tokio::test]
async fn the_clock_can_stop_wherever_there_is_work() {
    let site = Site::new(1);
    let worker = site.worker();
    worker.run_until_idle().await.unwrap();
    let mut stops = 0;
    while site.clock.now() < instant("2025-10-16T00:00:00Z") {
        let next = worker.next_due().await.unwrap().unwrap();
        assert!(next > site.clock.now(), "nothing is left undone at {next}");
        site.clock.set(next);
        worker.run_until_idle().await.unwrap();
        stops += 1;
    }
    assert!(stops < 100, "{stops}");
    let item = site.appointment();
    assert_eq!(item.status, AppointmentStatus::Missed);
    assert_eq!(item.label, None, "the machine never labels");
    for step in ["wd-1", "d-7", "d-3", "d0", "overdue"] {
        let message = site.message(step);
        assert_eq!(message.status, MessageStatus::Delivered, "{step}");
        assert_eq!(
            message.updated_at, message.planned_for,
            "{step} went out at its time"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scheduler_runs_every_job_at_start_and_ends_what_is_under_way() {
    let site = Site::new(1);
    let hanging = Hanging::new(Ok(Accepted {
        provider_message_id: None,
        delivered: true,
    }));
    let worker = site.worker_with(hanging.clone());
    site.run_at(&worker, "2025-09-29T12:00:00Z").await;
    site.clock.set(instant("2025-09-30T01:00:00Z"));
    let stop = Shutdown::manual();
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { worker.run_until_stopped(stop).await }
    });
    hanging.arrived.acquire().await.unwrap().forget();
    stop.trigger();
    hanging.released.add_permits(1);
    running.await.unwrap().unwrap();
    assert_eq!(site.message("wd-1").status, MessageStatus::Delivered);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_whose_task_died_ends_the_worker_with_an_error() {
    let site = Site::new(1);
    let worker = site.worker_with(Arc::new(Broken));
    site.run_at(&worker, "2025-09-29T12:00:00Z").await;
    site.clock.set(instant("2025-09-30T01:00:00Z"));
    // Nobody wishes a stop.
    let ended = worker.run_until_stopped(Shutdown::manual());
    let ended = tokio::time::timeout(Duration::from_mins(1), ended).await;
    let died = ended.unwrap().unwrap_err();
    assert!(matches!(died, ScheduleError::Died { job: "deliver" }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_speaks_for_a_job_that_hangs() {
    let site = Site::new(1);
    let hanging = Hanging::new(Err(SendError::new(Failure::Transient, "busy")));
    let worker = site.worker_with(hanging.clone());
    site.run_at(&worker, "2025-09-29T12:00:00Z").await;
    site.clock.set(instant("2025-09-30T01:00:00Z"));
    let delivering = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_job_once("deliver").await }
    });
    hanging.arrived.acquire().await.unwrap().forget();
    worker.run_job_once("remind").await.unwrap();
    let in_an_hour = Instant::now() + Duration::from_hours(1);
    assert_eq!(worker.pulse().silence(in_an_hour).of, Some("deliver"));
    hanging.released.add_permits(1);
    delivering.await.unwrap().unwrap();
    assert_eq!(worker.pulse().silence(in_an_hour).of, None);
}

#[tokio::test]
async fn a_job_can_be_run_by_its_name() {
    let site = Site::new(1);
    let worker = site.worker();
    let report = worker.run_job_once("open_windows").await.unwrap();
    assert_eq!((report.acted_on, report.batches), (1, 1));
    let report = worker.run_job_once("open_windows").await.unwrap();
    assert_eq!(report.acted_on, 0);
    let unknown = worker.run_job_once("nothing").await.unwrap_err();
    assert!(matches!(unknown, JobError::UnknownJob(_)));
}
