//! Any bytes, to `annals_fuzz::pin`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| annals_fuzz::pin(bytes));
