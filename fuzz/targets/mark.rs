//! Any bytes, to `annals_fuzz::mark`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| annals_fuzz::mark(bytes));
