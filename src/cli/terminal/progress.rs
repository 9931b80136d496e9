//! Progress with rate and remaining time, after half a second; none without a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// A bar that appears after half a second.
pub struct Progress {
    bar: ProgressBar,
    began: Instant,
}

impl Progress {
    /// Progress over this number of events; hidden at first, and always without a terminal on
    /// stderr.
    pub fn new(total: u64, what: &'static str) -> Progress {
        let style = "{msg} {bar:30} {human_pos} of {human_len} events, {per_sec}, {eta} left";
        Progress::with(Some(total), what, style)
    }

    /// A bar without an end, where the number of all events is not known.
    pub fn counting(what: &'static str) -> Progress {
        Progress::with(None, what, "{msg} {spinner} {human_pos} events, {per_sec}")
    }

    fn with(total: Option<u64>, what: &'static str, style: &str) -> Progress {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_message(what);
        Progress { bar, began: Instant::now() }
    }

    /// Sets the step that is at work, and the number of events that it has processed.
    pub fn step(&self, step: &'static str, done: u64) {
        if self.bar.message() != step {
            self.bar.set_message(step);
            self.bar.reset_eta();
        }
        self.at(done);
    }

    /// Sets the number of processed events.
    pub fn at(&self, done: u64) {
        let shown = !self.bar.is_hidden();
        if !shown && self.began.elapsed() > Duration::from_millis(500) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
