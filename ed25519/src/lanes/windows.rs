//! The first entry of each window of a table of multiples, by its coordinates.
//!
//! Always holds: the coordinates come from dalek's public interface, which encodes y alone: the sum
//! of (x, y) and the point (i, 0) of order 4 is (iy, ix), so its y is i times the x wanted. Not
//! here: the entries (`four`, `eight`). Source: fixed-base windows (Yao, Brickell et al.).

use crate::multiples::WINDOWS;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};

/// An encoded point, and the encoding of its sum with (i, 0). In both, bit 255 is a sign and not
/// part of the number.
pub struct Encoded {
    /// Of (x, y): y.
    pub y: [u8; 32],
    /// Of (iy, ix): ix.
    pub turned: [u8; 32],
}

/// 256^w · P for each window w, in order.
pub fn first_entries(point: &EdwardsPoint) -> Vec<Encoded> {
    let mut base = *point;
    let bases: Vec<EdwardsPoint> = (0..WINDOWS)
        .map(|_| {
            let own = base;
            base = (0..8).fold(base, |point, _| point + point);
            own
        })
        .collect();
    let fourth = CompressedEdwardsY([0; 32]).decompress().unwrap_or_default();
    let turned: Vec<EdwardsPoint> = bases.iter().map(|point| point + fourth).collect();
    let ys = EdwardsPoint::compress_batch_alloc(&bases);
    let turned = EdwardsPoint::compress_batch_alloc(&turned);
    ys.iter().zip(&turned).map(|(y, turned)| Encoded { y: y.0, turned: turned.0 }).collect()
}
