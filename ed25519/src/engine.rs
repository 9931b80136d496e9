//! The verdicts on many signatures, by the fastest way that the processor has.
//!
//! Always holds: the verdict of every way is the rule's ([`AcceptedKey::verifies`]). What the lanes
//! refuse is judged again by dalek, and about one in 256 of what they accept; a difference is an
//! error and never a verdict. The lanes are used only after a comparison with known answers. Not
//! here: which key is worth multiples (the caller's choice).

use crate::lanes::{Block, LaneTable, Lanes, Product};
use crate::multiples::PrecomputedTable;
use crate::rule::{AcceptedKey, Recomputed, SignatureParts, check_recomputed};
use crate::self_test;
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::scalar::Scalar;
use std::fmt::{self, Write};
use std::sync::OnceLock;

/// How signatures are verified.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Way {
    /// Eight at once where the processor has AVX-512 IFMA, otherwise one by one.
    #[default]
    Fastest,
    /// One by one, with multiples of the keys.
    OneByOne,
    /// One by one by dalek alone, without multiples.
    Reference,
}

/// Verifies signatures in one [`Way`].
pub struct Engine {
    way: Way,
    lanes: Option<Lanes>,
    base: OnceLock<Multiples>,
    /// Whether the lanes gave the known answers.
    tested: OnceLock<bool>,
}

/// The multiples of a point, in the form that the engine that made them adds up.
pub struct Multiples(Form);

enum Form {
    Lanes(LaneTable),
    Points(PrecomputedTable),
}

/// A signature to be verified.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The key.
    pub key: &'a AcceptedKey,
    /// The multiples of the key, if there are any.
    pub multiples: Option<&'a Multiples>,
    /// The message.
    pub message: &'a [u8],
    /// The signature.
    pub signature: &'a [u8; 64],
}

/// The lanes and dalek judge differently: the processor or this program is faulty.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "the vectors of this processor ({features}) and dalek differ {difference}; the processor or \
     this program is faulty and nothing was judged; annals verify --reference judges without the \
     vectors",
    features = Lanes::FEATURES
)]
pub struct Disagreement {
    difference: String,
}

/// Of a job that the lanes take: its place, its R, and the factors of its product.
struct LaneJob<'a> {
    index: usize,
    r: &'a [u8; 32],
    product: Product<'a>,
}

impl Default for Engine {
    fn default() -> Engine {
        Engine::new(Way::default())
    }
}

impl Engine {
    /// An engine; the processor's features are looked up here.
    pub fn new(way: Way) -> Engine {
        let lanes = Lanes::detect().filter(|_| way == Way::Fastest);
        Engine { way, lanes, base: OnceLock::new(), tested: OnceLock::new() }
    }

    /// Whether signatures are verified eight at once.
    pub fn has_lanes(&self) -> bool {
        self.lanes.is_some()
    }

    /// The multiples of −A, which make signatures of a key cheaper; `None` where this way has none.
    /// They take about a millisecond and half a megabyte.
    pub fn multiples(&self, key: &AcceptedKey) -> Option<Multiples> {
        (self.way != Way::Reference).then(|| match self.lanes {
            Some(lanes) => Multiples(Form::Lanes(lanes.table(&key.minus))),
            None => Multiples(Form::Points(PrecomputedTable::of(&key.minus))),
        })
    }

    fn base(&self) -> &Multiples {
        self.base.get_or_init(|| match self.lanes {
            Some(lanes) => Multiples(Form::Lanes(lanes.table(&ED25519_BASEPOINT_POINT))),
            None => Multiples(Form::Points(PrecomputedTable::of(&ED25519_BASEPOINT_POINT))),
        })
    }

    /// For each job, whether its signature is valid.
    pub fn verify(&self, jobs: &[Job<'_>]) -> Result<Vec<bool>, Disagreement> {
        let mut verdicts = vec![false; jobs.len()];
        self.verify_in_lanes(jobs, &mut verdicts)?;
        let (mut recomputed, mut indexes) = (Vec::new(), Vec::new());
        for (index, job) in jobs.iter().enumerate() {
            if job.in_lanes().is_none()
                && let Some(one) = self.recompute(job)
            {
                recomputed.push(one);
                indexes.push(index);
            }
        }
        for (index, verdict) in indexes.into_iter().zip(check_recomputed(&recomputed)) {
            verdicts[index] = verdict;
        }
        Ok(verdicts)
    }

    /// A signature by itself, by dalek's arithmetic.
    fn recompute(&self, job: &Job<'_>) -> Option<Recomputed> {
        if let Some(Multiples(Form::Points(minus))) = job.multiples
            && let Multiples(Form::Points(base)) = self.base()
        {
            return job.key.recompute_by(base, minus, job.message, job.signature);
        }
        job.key.recompute(job.message, job.signature)
    }

    /// Sets the verdicts of the jobs whose multiples are for the lanes.
    fn verify_in_lanes(&self, jobs: &[Job<'_>], verdicts: &mut [bool]) -> Result<(), Disagreement> {
        let Some(lanes) = self.lanes else { return Ok(()) };
        if !jobs.iter().any(|job| job.in_lanes().is_some()) {
            return Ok(());
        }
        let Multiples(Form::Lanes(base)) = self.base() else { return Ok(()) };
        if !*self.tested.get_or_init(|| self_test::passes(lanes, base)) {
            return Err(Disagreement { difference: "in a self-test with known answers".into() });
        }
        let lane_jobs = prepare(lanes, jobs);
        let products: Vec<Product<'_>> = lane_jobs.iter().map(|one| one.product).collect();
        let encodings = lanes.encodings(base, &products);
        for (LaneJob { index, r, product }, encoding) in lane_jobs.iter().zip(&encodings) {
            let (job, verdict) = (&jobs[*index], *r == encoding);
            // The challenge is a hash, so its lowest byte chooses one in 256.
            let chosen = product.k.as_bytes()[0] == 0;
            if (!verdict || chosen) && job.key.verifies(job.message, job.signature) != verdict {
                return Err(Disagreement::of(job, verdict));
            }
            verdicts[*index] = verdict;
        }
        Ok(())
    }
}

/// The jobs for the lanes whose signatures may be valid, with their challenges.
fn prepare<'a>(lanes: Lanes, jobs: &'a [Job<'a>]) -> Vec<LaneJob<'a>> {
    let mut found = Vec::with_capacity(jobs.len());
    // The blocks of challenges, and the places in `found` where they belong.
    let (mut blocks, mut places) = (Vec::with_capacity(jobs.len()), Vec::new());
    for (index, job) in jobs.iter().enumerate() {
        let Some(minus) = job.in_lanes() else { continue };
        let Some(SignatureParts { s, r }) = SignatureParts::of(job.signature) else { continue };
        let k = match Block::of(&[r, job.key.bytes(), job.message]) {
            Some(block) => {
                blocks.push(block);
                places.push(found.len());
                Scalar::ZERO
            }
            None => job.key.challenge(r, job.message),
        };
        found.push(LaneJob { index, r, product: Product { s, k, minus } });
    }
    for (places, blocks) in places.chunks(8).zip(blocks.chunks(8)) {
        for (place, hash) in places.iter().zip(lanes.hashes(blocks)) {
            found[*place].product.k = Scalar::from_bytes_mod_order_wide(&hash);
        }
    }
    found
}

impl<'a> Job<'a> {
    fn in_lanes(&self) -> Option<&'a LaneTable> {
        match self.multiples {
            Some(Multiples(Form::Lanes(table))) => Some(table),
            _ => None,
        }
    }
}

impl Disagreement {
    fn of(job: &Job<'_>, verdict: bool) -> Disagreement {
        let mut difference = String::from(match verdict {
            true => "on a signature, which only the vectors accept",
            false => "on a signature, which only dalek accepts",
        });
        for (name, bytes) in [("key", &job.key.bytes()[..]), ("signature", &job.signature[..])] {
            // Writing to a string does not fail.
            let _ = write!(difference, ", {name} {}", Hex(bytes));
        }
        Disagreement { difference }
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
