//! The verdict: the result of any check.
//!
//! Always holds: there are six verdicts, and each report, bag, proof and failure has one of them.
//! Not here: exit codes, which follow from the verdict (`cli`); messages. Source: FORMAT.md section
//! 9.

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Yes.
    Yes,
    /// No: a fault, a refused draft.
    No,
    /// Unknown: damage, files that cannot be read, a later format.
    CouldNotTell,
    /// Another writer was first: nothing was written.
    Conflict,
    /// The record is not the one that was verified or signed before, or is shorter.
    Forked,
    /// It holds, and requested trust is missing.
    TrustMissing,
}
