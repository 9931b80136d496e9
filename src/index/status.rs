//! What was found of an index, and what a builder may do.

/// What a builder may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuildMode {
    /// Compare only.
    Check,
    /// Write what is not there.
    Write,
}

/// What was found of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexStatus {
    /// It holds what follows from the record; whether something had to be written for that.
    Same {
        /// How many events it is of.
        events: u64,
        /// Whether anything was written.
        wrote: bool,
    },
    /// There is none.
    Absent,
    /// It ends too early: the next writer goes on with it.
    Behind,
    /// It holds something else: in which file, at which byte.
    Differs(String),
    /// It was not made or checked, and why.
    Not(String),
}
