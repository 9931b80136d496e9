//! Any bytes, to `annals_fuzz::evidence`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| annals_fuzz::evidence(bytes));
