//! The one definition of a valid signature, by dalek's arithmetic.
//!
//! Always holds: an [`AcceptedKey`] is the canonical encoding of a point of prime order that is not
//! the identity, so a signature by it has the same verdict in every sound implementation. Not here:
//! faster ways to the same verdict. Source: RFC 8032; FORMAT.md section 2, "Verdict on a
//! signature"; the crates `curve25519-dalek` and `ed25519-dalek`.

use crate::multiples::PrecomputedTable;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity;
use sha2::{Digest, Sha512};

/// The encoding of the identity, which no valid signature has as its R.
const IDENTITY: [u8; 32] = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

/// A public key that is acceptable, parsed.
#[derive(Clone, Debug)]
pub struct AcceptedKey {
    bytes: [u8; 32],
    /// −A, for [S]B − [k]A.
    pub(crate) minus: EdwardsPoint,
}

/// `[S]B − [k]A` of a signature, not yet encoded, and the R that it must equal. Encoding many
/// points together costs one field inversion; each is still compared byte for byte, so this is not
/// batch verification.
#[derive(Clone, Debug)]
pub(crate) struct Recomputed {
    point: EdwardsPoint,
    expected: [u8; 32],
}

/// The parts of a signature that may be valid: S below ℓ, and R, which is not the identity's
/// encoding.
#[derive(Clone, Copy)]
pub(crate) struct SignatureParts<'a> {
    pub s: Scalar,
    pub r: &'a [u8; 32],
}

impl AcceptedKey {
    /// The key of 32 bytes if it is acceptable; `None` otherwise. Costs about 25 µs: do it once for
    /// each key.
    pub fn accept(bytes: [u8; 32]) -> Option<AcceptedKey> {
        let point = CompressedEdwardsY(bytes).decompress()?;
        let canonical = point.compress().0 == bytes;
        let small = point.is_small_order();
        if !canonical || small || !point.is_torsion_free() {
            return None;
        }
        Some(AcceptedKey { bytes, minus: -point })
    }

    /// Its 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Whether a signature is this key's over a message: S < ℓ, R not the identity's encoding, and
    /// the encoding of `[S]B − [k]A` is R byte for byte.
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.recompute(message, signature).is_some_and(|r| r.point.compress().0 == r.expected)
    }

    /// The part of the verdict that is computed for each signature; `None` where S ≥ ℓ or R is the
    /// identity's encoding. [`check_recomputed`] completes it.
    pub(crate) fn recompute(&self, message: &[u8], signature: &[u8; 64]) -> Option<Recomputed> {
        let SignatureParts { s, r } = SignatureParts::of(signature)?;
        let k = self.challenge(r, message);
        let point = EdwardsPoint::vartime_double_scalar_mul_basepoint(&k, &self.minus, &s);
        Some(Recomputed { point, expected: *r })
    }

    /// [`AcceptedKey::recompute`] with the multiples of B and of −A.
    pub(crate) fn recompute_by(
        &self,
        base: &PrecomputedTable,
        minus: &PrecomputedTable,
        message: &[u8],
        signature: &[u8; 64],
    ) -> Option<Recomputed> {
        let SignatureParts { s, r } = SignatureParts::of(signature)?;
        let k = self.challenge(r, message);
        let point = minus.add(base.add(EdwardsPoint::identity(), &s), &k);
        Some(Recomputed { point, expected: *r })
    }

    /// k = SHA-512(R ‖ A ‖ M) mod ℓ.
    pub(crate) fn challenge(&self, r: &[u8; 32], message: &[u8]) -> Scalar {
        let hash = Sha512::new().chain_update(r).chain_update(self.bytes).chain_update(message);
        Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
    }
}

impl<'a> SignatureParts<'a> {
    /// The parts of a signature; `None` where S ≥ ℓ or R is the identity's encoding: not valid.
    pub fn of(signature: &'a [u8; 64]) -> Option<SignatureParts<'a>> {
        let (r, s) = signature.split_first_chunk::<32>()?;
        let s = Option::<Scalar>::from(Scalar::from_canonical_bytes(s.try_into().ok()?))?;
        (*r != IDENTITY).then_some(SignatureParts { s, r })
    }
}

/// For each signature, whether the encoding of its point is R byte for byte.
pub(crate) fn check_recomputed(all: &[Recomputed]) -> Vec<bool> {
    let points: Vec<EdwardsPoint> = all.iter().map(|one| one.point).collect();
    let encoded = EdwardsPoint::compress_batch_alloc(&points);
    encoded.iter().zip(all).map(|(encoded, one)| encoded.0 == one.expected).collect()
}
