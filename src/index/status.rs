//! The status of an index, and the modes of a builder.

/// The mode of a builder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuildMode {
    /// Compare only.
    Check,
    /// Write missing entries.
    Write,
}

/// The status of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexStatus {
    /// It has the content that follows from the record.
    Same {
        /// The number of events in it.
        events: u64,
        /// Whether missing entries had to be written.
        wrote: bool,
    },
    /// There is no index.
    Absent,
    /// It ends before the record: the next writer continues it.
    Behind,
    /// It has other content: in which file, at which byte.
    Differs(String),
    /// It was not built or checked; the reason.
    Not(String),
}
