//! The worker, as a sandbox needs it.

use api::sandbox::{JobRun, Jobs, JobsFailed};
use worker::{JobError, JobReport, Worker};

/// The jobs of `worker`.
pub fn jobs(worker: &Worker) -> Jobs {
    let (runs, asked) = (worker.clone(), worker.clone());
    Jobs {
        run_until_idle: Box::new(move || {
            let worker = runs.clone();
            Box::pin(async move {
                let reports = worker.run_until_idle().await.map_err(failed)?;
                Ok(reports.into_iter().map(run).collect())
            })
        }),
        next_due: Box::new(move || {
            let worker = asked.clone();
            Box::pin(async move { worker.next_due().await.map_err(failed) })
        }),
    }
}

fn run(report: JobReport) -> JobRun {
    JobRun {
        job: report.job,
        acted_on: report.acted_on,
    }
}

fn failed(error: JobError) -> JobsFailed {
    JobsFailed(error.to_string())
}
