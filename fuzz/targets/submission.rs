//! Any bytes, to `annals_fuzz::submission`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| annals_fuzz::submission(bytes));
