//! Any bytes, to `annals_fuzz::published`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| annals_fuzz::published(bytes));
