//! What a check found.
//!
//! Always holds: a fault says what was expected, what was found, and what it means for a record; a
//! part that did not run to its end is no part that found nothing. Not here: the text (`cli`).

use super::RowsLeft;
use std::time::Duration;

/// A part of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckPart {
    /// What one server expects.
    Contract,
    /// Many connections that commit at once.
    Contention,
    /// Connections that are cut around a COMMIT.
    Cuts,
    /// A transaction that stands still before its COMMIT.
    Standing,
    /// Sessions that are ended before their COMMIT.
    Ended,
    /// All of the record, once more.
    ReadAgain,
}

impl EngineReport {
    /// Whether every part was tried to its end, but for the sessions that are ended: an engine may
    /// forbid a role to end its own.
    pub fn is_whole(&self) -> bool {
        self.unfinished.iter().all(|part| part.part == CheckPart::Ended)
    }
}

impl ContentionCounts {
    pub(super) fn add(&mut self, other: &ContentionCounts) {
        self.acknowledged += other.acknowledged;
        self.outrun += other.outrun;
        self.refused += other.refused;
        self.unanswered += other.unanswered;
    }
}

impl CutCounts {
    pub(super) fn add(&mut self, other: &CutCounts) {
        self.rounds += other.rounds;
        self.acknowledged += other.acknowledged;
        self.kept += other.kept;
        self.lost += other.lost;
    }
}

impl CheckPart {
    /// Its name, as programs see it.
    pub fn name(self) -> &'static str {
        match self {
            CheckPart::Contract => "contract",
            CheckPart::Contention => "contention",
            CheckPart::Cuts => "cuts",
            CheckPart::Standing => "standing",
            CheckPart::Ended => "ended",
            CheckPart::ReadAgain => "read-again",
        }
    }
}

/// When a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutMoment {
    /// Before a byte of the COMMIT has passed.
    Before,
    /// Once the COMMIT has passed, at moments that are spread over the time of a commit.
    At,
    /// Once the engine has committed; its answer does not pass.
    After,
}

impl CutMoment {
    /// All, in the order in which they are tried.
    pub const ALL: [CutMoment; 3] = [CutMoment::Before, CutMoment::At, CutMoment::After];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            CutMoment::Before => "before",
            CutMoment::At => "at",
            CutMoment::After => "after",
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EngineReport {
    /// What one server expects.
    pub contract: ContractCounts,
    /// Many connections at once.
    pub contention: ContentionCounts,
    /// Connections that are cut, by moment, in the order of [`CutMoment::ALL`].
    pub cuts: [CutCounts; 3],
    /// A transaction that stands still.
    pub standing: StandingCounts,
    /// Sessions that are ended.
    pub ended: EndedCounts,
    /// How many groups were acknowledged, or found to be there after a cut, in all parts.
    pub groups: u64,
    /// The rows that stay; `None` where they could not be counted.
    pub left: Option<RowsLeft>,
    /// Where the engine did not keep what it acknowledged.
    pub faults: Vec<EngineFault>,
    /// What could not be tried to its end.
    pub unfinished: Vec<UnfinishedPart>,
}

/// The promises that one server needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContractCounts {
    /// How many hold.
    pub held: u32,
    /// How many were tried.
    pub tried: u32,
}

/// Commits of many connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContentionCounts {
    /// The connections.
    pub connections: u32,
    /// Groups that were acknowledged.
    pub acknowledged: u64,
    /// Commits that wrote nothing, because another one was first.
    pub outrun: u64,
    /// Commits that the engine refused, and that were tried again.
    pub refused: u64,
    /// Commits without an answer; what became of them was asked.
    pub unanswered: u64,
}

/// Commits whose connection was cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CutCounts {
    /// How many were tried.
    pub rounds: u32,
    /// How many were acknowledged before the cut.
    pub acknowledged: u32,
    /// How many had no answer, and are there.
    pub kept: u32,
    /// How many had no answer, and are not there.
    pub lost: u32,
}

/// A transaction that stood still.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StandingCounts {
    /// How long another connection waited until it could commit; `None` if it could not.
    pub waited: Option<Duration>,
}

/// Sessions that were ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndedCounts {
    /// How many were ended before their COMMIT.
    pub sessions: u32,
    /// How many of these commits were refused, or had no answer.
    pub refused: u32,
}

/// Where an engine did not do what a record needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineFault {
    /// The part that found it.
    pub part: CheckPart,
    /// The position in the record, if it is about one.
    pub position: Option<u64>,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// What it means for a record.
    pub meaning: &'static str,
}

/// An [`EngineFault`] before it is known which part found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FoundFault {
    pub position: Option<u64>,
    pub expected: String,
    pub found: String,
    pub meaning: &'static str,
}

impl FoundFault {
    pub fn of(self, part: CheckPart) -> EngineFault {
        let FoundFault { position, expected, found, meaning } = self;
        EngineFault { part, position, expected, found, meaning }
    }
}

/// A part that could not be tried to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfinishedPart {
    /// The part.
    pub part: CheckPart,
    /// Why.
    pub why: String,
}
