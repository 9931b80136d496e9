//! What lanes are: several products of points at once, for several signatures.
//!
//! Always holds: each signature is by itself. Not here: how lanes compute (`lanes`), when they are
//! used (`engine`). Source: FORMAT.md section 2, "Verdict on a signature".

use crate::rule::AcceptedKey;
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;

/// A proof that this processor has lanes of one kind.
pub trait Lanes: Copy {
    /// The name of the processor's feature.
    const FEATURES: &'static str;

    /// The multiples of a point, as these lanes add them up.
    type Table;

    /// The multiples of a point.
    fn table(self, point: &EdwardsPoint) -> Self::Table;

    /// The encodings of `[S]B − [k]A`, in order; `base` has the multiples of B.
    fn encodings(self, base: &Self::Table, products: &[Product<'_, Self::Table>]) -> Vec<[u8; 32]>;

    /// The challenges, in order.
    fn challenges(self, all: &[Challenge<'_>]) -> Vec<Scalar>;
}

/// The numbers of a signature, each below ℓ, and the multiples of its key.
pub struct Product<'a, T> {
    /// S.
    pub s: Scalar,
    /// k.
    pub k: Scalar,
    /// The multiples of −A.
    pub minus: &'a T,
}

impl<T> Clone for Product<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Product<'_, T> {}

/// What the challenge k = SHA-512(R ‖ A ‖ M) mod ℓ of a signature is of.
#[derive(Clone, Copy)]
pub struct Challenge<'a> {
    /// R.
    pub r: &'a [u8; 32],
    /// The key, whose bytes are A.
    pub key: &'a AcceptedKey,
    /// M.
    pub message: &'a [u8],
}

impl Challenge<'_> {
    /// The challenge, by the crate `sha2`.
    pub fn scalar(&self) -> Scalar {
        self.key.challenge(self.r, self.message)
    }
}
