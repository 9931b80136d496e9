//! An undo log: what was changed, with what was there before, so that it can be taken back.
//!
//! Always holds: nothing is kept until [`UndoLog::start`]; changes come back the last one first.
//! Not here: how a change is reversed (`fold`, `verify`). Source: the undo log of a database.

/// The changes of a table, in order; none while they are not kept.
#[derive(Clone, Debug)]
pub(crate) struct UndoLog<T>(Option<Vec<T>>);

impl<T> Default for UndoLog<T> {
    /// A log that keeps nothing.
    fn default() -> UndoLog<T> {
        UndoLog(None)
    }
}

impl<T> UndoLog<T> {
    /// From now on keeps what changes; forgets what was kept before.
    pub(crate) fn start(&mut self) {
        self.0 = Some(Vec::new());
    }

    /// Keeps a change, if changes are kept.
    pub(crate) fn keep(&mut self, change: impl FnOnce() -> T) {
        if let Some(changes) = &mut self.0 {
            changes.push(change());
        }
    }

    /// The number of changes kept.
    pub(crate) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, Vec::len)
    }

    /// Removes and returns all changes after the first `kept`, the last one first.
    pub(crate) fn after(&mut self, kept: usize) -> impl Iterator<Item = T> + use<T> {
        let later = self.0.as_mut().map(|all| all.split_off(kept.min(all.len())));
        later.unwrap_or_default().into_iter().rev()
    }
}
