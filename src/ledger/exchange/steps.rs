//! The progress of an exchange, which reads a record several times.
//!
//! Always holds: a caller learns which step is at work, and how many events it has done. Not here:
//! how that is shown (`cli`).

/// How many events go by between two reports.
const EVERY: u64 = 1 << 10;

/// Receives the name of the present step and the number of events that it has done.
#[derive(Clone, Copy, Default)]
pub struct Steps<'a>(pub Option<&'a (dyn Fn(&'static str, u64) + Sync)>);

impl Steps<'_> {
    /// The present step has done this number of events.
    pub fn at(&self, step: &'static str, done: u64) {
        if let Some(report) = self.0.filter(|_| done.is_multiple_of(EVERY)) {
            report(step, done);
        }
    }

    /// Reports, as [`Steps::at`] does, but at every call: for a step that calls only now and then.
    pub fn jump(&self, step: &'static str, done: u64) {
        if let Some(report) = self.0 {
            report(step, done);
        }
    }
}
