//! Any bytes, to `annals_fuzz::bag_note`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| annals_fuzz::bag_note(bytes));
