//! The bounds of libraries in a target: the program gives them a process of their own.
//!
//! Always holds: a panic in the project's own code ends the target; one in a library ends this
//! input alone. Not here: loops and memory, which libFuzzer bounds.

use std::panic::{catch_unwind, set_hook, take_hook};

/// Lets panics of libraries pass; any other aborts, as libFuzzer has it. To be called once.
pub fn pass_panics_of_libraries() {
    let abort = take_hook();
    set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains("/registry/src/")) {
            abort(panic);
        }
    }));
}

/// Checks a property, unless a library panics.
pub fn check(property: fn(&[u8]), bytes: &[u8]) {
    let _ = catch_unwind(|| property(bytes));
}
