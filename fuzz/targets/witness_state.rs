//! Any bytes, to `annals_fuzz::witness_state`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| annals_fuzz::witness_state(bytes));
