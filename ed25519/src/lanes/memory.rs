//! Between memory and the processor's vectors, for lanes of every kind.
//!
//! Always holds: every load is of a whole array that a reference proves to be there. Not here:
//! vectors of four and of eight lanes (`four`, `eight`). Source: the intrinsics of
//! `core::arch::x86_64`.

use core::arch::x86_64::{__m128i, _MM_HINT_T0, _mm_loadu_si128, _mm_prefetch};

/// Sixteen bytes as a vector.
#[inline]
#[target_feature(enable = "sse2")]
pub fn load16(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: the reference is to 16 readable bytes; the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

/// Asks the processor to bring the two lines of 64 bytes at `entry` into its nearest cache.
#[inline]
#[target_feature(enable = "sse")]
pub fn prefetch<Line>(entry: &[Line; 2]) {
    for line in entry {
        // Safe to call: a prefetch reads nothing into the program and never faults.
        _mm_prefetch::<_MM_HINT_T0>(core::ptr::from_ref(line).cast());
    }
}
