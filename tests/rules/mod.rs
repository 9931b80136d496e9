//! Stories of the rules: given a newsroom, when somebody signs, then it stands or is refused.
//!
//! Always holds: a refusal is the one fault of the whole record, with the number of its rule; what
//! is allowed leaves no fault. Not here: bytes and forms (`format`, `vectors`).
//! Source: FORMAT.md sections 6 and 8.

mod dsl;
mod invariants;
mod pairs;
mod refolds;
mod table;
