//! What is counted, for Prometheus.
//!
//! Always holds: no label is a value that a client chooses. Not here: where they are served
//! (`listen`). Source: the Prometheus text format.

use crate::serve::problem::{Problem, ProblemKind};
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::time::Duration;

/// The upper bounds of the histogram of commits, in seconds.
const BOUNDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5];

/// How often what was counted is added up.
const TIDIED: Duration = Duration::from_secs(5);

/// The results of submissions.
const RESULTS: [&str; 4] = ["placed", "outrun", "busy", "refused"];
/// The classes of HTTP statuses.
const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];

/// Counts for this process; `None` where something else counts already. All that is counted begins
/// at 0, so that the first step of each is seen.
pub fn install() -> Option<PrometheusHandle> {
    let builder = PrometheusBuilder::new().set_buckets(&BOUNDS).ok()?;
    let handle = builder.install_recorder().ok()?;
    for result in RESULTS {
        counter!("annals_submissions_total", "result" => result).increment(0);
    }
    for class in CLASSES {
        counter!("annals_answers_total", "status" => class).increment(0);
    }
    committed(0, 0);
    tails(0.0);
    Some(handle)
}

/// Adds up what was counted, again and again: else it would be kept singly until somebody asks.
pub async fn tidy(handle: PrometheusHandle) {
    loop {
        tokio::time::sleep(TIDIED).await;
        handle.run_upkeep();
    }
}

/// Counts a submission by its result, with the time from its arrival to its answer.
pub fn submitted(placed: &Result<Vec<u8>, Problem>, took: Duration) {
    let result = match placed.as_ref().map_err(|problem| problem.kind) {
        Ok(_) => "placed",
        Err(ProblemKind::Outrun | ProblemKind::DocumentsMissing) => "outrun",
        Err(ProblemKind::Busy | ProblemKind::TooMuch) => "busy",
        Err(_) => "refused",
    };
    counter!("annals_submissions_total", "result" => result).increment(1);
    histogram!("annals_submission_seconds").record(took.as_secs_f64());
}

/// Counts a number of commits, and the events in them.
pub fn committed(commits: u64, events: u64) {
    counter!("annals_events_total").increment(events);
    counter!("annals_commits_total").increment(commits);
}

/// Counts an answer by the class of its HTTP status.
pub fn answered(status: u16) {
    let class = match status {
        100..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    };
    counter!("annals_answers_total", "status" => class).increment(1);
}

/// The size of the record, whether events can be placed, and whether its home should be changed.
pub fn state(size: u64, can_place: bool, is_warned: bool) {
    gauge!("annals_record_size").set(size as f64);
    gauge!("annals_can_place").set(f64::from(u8::from(can_place)));
    gauge!("annals_home_warning").set(f64::from(u8::from(is_warned)));
}

/// How many tails are open: one more, or one less.
pub fn tails(change: f64) {
    gauge!("annals_tails").increment(change);
}
