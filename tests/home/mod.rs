//! Homes of a record: the contract of each, and a writer over homes that fail.

pub mod contract;
mod writer;
