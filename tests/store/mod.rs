//! Stores: the contract of each, and what a store on a disk promises beside it.

mod contract;
mod segments;
mod sled;
