//! Any bytes, to `annals_fuzz::draft_toml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| annals_fuzz::draft_toml(bytes));
