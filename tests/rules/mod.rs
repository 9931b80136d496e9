//! Stories of the rules: given a newsroom, when a person signs, then the event is accepted or
//! refused.
//!
//! Always holds: a refusal is the only fault of the whole record, with the number of its rule; an
//! accepted event leaves no fault. Not here: bytes and forms (`format`, `vectors`).
//! Source: FORMAT.md sections 6 and 8.

mod dsl;
mod invariants;
mod many_signatures;
mod pairs;
mod refolds;
mod table;
