//! Any bytes, to `annals_fuzz::quotation`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| annals_fuzz::quotation(bytes));
