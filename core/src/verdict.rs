//! The verdict: what a check comes to, whatever was checked.
//!
//! Always holds: there are six, and each report, bag, proof and failure comes to one of them.
//! Not here: exit codes, which are made of it (`cli`); sentences. Source: FORMAT.md section 9.

/// What a check comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Yes.
    Yes,
    /// No: a fault, a refused draft.
    No,
    /// It could not be told: damage, files that cannot be read, a later format.
    CouldNotTell,
    /// Somebody else was faster: nothing was written.
    Conflict,
    /// Another record than the one that was seen or signed before, or a shorter one.
    Forked,
    /// It holds, and the trust that was asked for is missing.
    TrustMissing,
}
