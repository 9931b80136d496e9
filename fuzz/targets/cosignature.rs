//! Any bytes, to `annals_fuzz::cosignature`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| annals_fuzz::cosignature(bytes));
