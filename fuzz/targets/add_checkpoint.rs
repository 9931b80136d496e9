//! Any bytes, to `annals_fuzz::add_checkpoint`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| annals_fuzz::add_checkpoint(bytes));
