//! The part of a ledger that a fault asks to repair, and what to do about it.
//!
//! Always holds: it is said once which rules ask for which part. Not here: the repair
//! (`ledger::exchange::repair`).

use annals_core::rule::Fault;

/// The part of a ledger that a fault asks to repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepairPart {
    /// The events, which are in the journal.
    Events,
    /// The documents.
    Documents,
    /// The checkpoint.
    Checkpoint,
}

impl RepairPart {
    /// The part that a fault against the rule of this number asks to repair; `None` where the fault
    /// itself says what to do.
    pub fn of(rule: u16) -> Option<RepairPart> {
        match rule {
            101..=604 | 607..=616 | 704..=706 | 910 => Some(RepairPart::Events),
            605 | 606 => Some(RepairPart::Documents),
            701..=703 => Some(RepairPart::Checkpoint),
            _ => None,
        }
    }

    fn advice(self) -> &'static str {
        match self {
            RepairPart::Events => {
                ", annals repair builds a damaged journal from the store, annals repair --from \
                 COPY takes it from another copy"
            }
            RepairPart::Documents => {
                ", annals repair --from COPY takes documents from another copy"
            }
            RepairPart::Checkpoint => {
                "; put back a copy of the checkpoint; without one the next writer signs it"
            }
        }
    }
}

/// What to do about these faults, each part once.
pub fn repair_advice(faults: &[Fault]) -> String {
    let has = |part| faults.iter().any(|it| RepairPart::of(it.rule.number()) == Some(part));
    let parts = [RepairPart::Events, RepairPart::Documents, RepairPart::Checkpoint];
    parts.into_iter().filter(|part| has(*part)).map(RepairPart::advice).collect()
}
