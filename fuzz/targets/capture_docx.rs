//! Any bytes, to `annals_fuzz::capture_docx`.
#![no_main]

#[path = "../contained.rs"]
mod contained;

libfuzzer_sys::fuzz_target!(init: contained::pass_panics_of_libraries(), |bytes: &[u8]| {
    contained::check(annals_fuzz::capture_docx, bytes);
});
