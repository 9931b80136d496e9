//! The verdicts on many signatures, by the fastest way that the processor has.
//!
//! Always holds: the verdict of every way is the rule's ([`AcceptedKey::verifies`]). What the lanes
//! refuse is judged again by dalek, and about one in 256 of what they accept; a difference is an
//! error and never a verdict. The lanes are used only after a comparison with known answers. Not
//! here: which key is worth multiples (the caller's choice).

use crate::lane_trait::{Challenge, Lanes, Product};
use crate::lanes::{EightLanes, EightTable, FourLanes, FourTable};
use crate::multiples::PrecomputedTable;
use crate::rule::{AcceptedKey, Recomputed, SignatureParts, check_recomputed};
use crate::self_test;
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::EdwardsPoint;
use std::fmt::{self, Write};
use std::sync::OnceLock;

/// How signatures are verified.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Way {
    /// Eight at once where the processor has AVX-512 IFMA, otherwise four at once where it has
    /// AVX2, otherwise one by one.
    #[default]
    Fastest,
    /// Four at once where the processor has AVX2, otherwise one by one.
    FourAtOnce,
    /// One by one, with multiples of the keys.
    OneByOne,
    /// One by one by dalek alone, without multiples.
    Reference,
}

/// Verifies signatures in one [`Way`].
pub struct Engine {
    way: Way,
    lanes: Option<AnyLanes>,
    base: OnceLock<Multiples>,
    /// Whether the lanes gave the known answers.
    tested: OnceLock<bool>,
}

/// The lanes of an engine.
#[derive(Clone, Copy)]
enum AnyLanes {
    Eight(EightLanes),
    Four(FourLanes),
}

/// The multiples of a point, in the form that the engine that made them adds up.
pub struct Multiples(Form);

enum Form {
    Eight(EightTable),
    Four(FourTable),
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
     vectors"
)]
pub struct Disagreement {
    features: &'static str,
    difference: String,
}

/// Of a job that the lanes take: its place, its R, and the factors of its product.
struct LaneJob<'a, T> {
    index: usize,
    r: &'a [u8; 32],
    product: Product<'a, T>,
}

impl Default for Engine {
    fn default() -> Engine {
        Engine::new(Way::default())
    }
}

impl Engine {
    /// An engine; the processor's features are looked up here.
    pub fn new(way: Way) -> Engine {
        let eight = || EightLanes::detect().map(AnyLanes::Eight);
        let four = || FourLanes::detect().map(AnyLanes::Four);
        let lanes = match way {
            Way::Fastest => eight().or_else(four),
            Way::FourAtOnce => four(),
            Way::OneByOne | Way::Reference => None,
        };
        Engine { way, lanes, base: OnceLock::new(), tested: OnceLock::new() }
    }

    /// How many signatures are verified at once, where their keys have multiples.
    pub fn at_once(&self) -> usize {
        match self.lanes {
            Some(AnyLanes::Eight(_)) => 8,
            Some(AnyLanes::Four(_)) => 4,
            None => 1,
        }
    }

    /// The multiples of −A, which make signatures of a key cheaper; `None` where this way has none.
    /// They take about a millisecond and half a megabyte.
    pub fn multiples(&self, key: &AcceptedKey) -> Option<Multiples> {
        (self.way != Way::Reference).then(|| self.multiples_of(&key.minus))
    }

    fn multiples_of(&self, point: &EdwardsPoint) -> Multiples {
        Multiples(match self.lanes {
            Some(AnyLanes::Eight(lanes)) => Form::Eight(lanes.table(point)),
            Some(AnyLanes::Four(lanes)) => Form::Four(lanes.table(point)),
            None => Form::Points(PrecomputedTable::of(point)),
        })
    }

    fn base(&self) -> &Multiples {
        self.base.get_or_init(|| self.multiples_of(&ED25519_BASEPOINT_POINT))
    }

    /// For each job, whether its signature is valid.
    pub fn verify(&self, jobs: &[Job<'_>]) -> Result<Vec<bool>, Disagreement> {
        let mut verdicts = vec![false; jobs.len()];
        match self.lanes {
            Some(AnyLanes::Eight(lanes)) => {
                self.verify_in_lanes(lanes, Multiples::for_eight, jobs, &mut verdicts)?
            }
            Some(AnyLanes::Four(lanes)) => {
                self.verify_in_lanes(lanes, Multiples::for_four, jobs, &mut verdicts)?
            }
            None => {}
        }
        let (mut recomputed, mut indexes) = (Vec::new(), Vec::new());
        for (index, job) in jobs.iter().enumerate() {
            if !self.is_for_lanes(job)
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

    /// Whether the lanes of this engine take a job: the multiples may be those of another engine.
    fn is_for_lanes(&self, job: &Job<'_>) -> bool {
        let is_own = |multiples: &Multiples| match self.lanes {
            Some(AnyLanes::Eight(_)) => multiples.for_eight().is_some(),
            Some(AnyLanes::Four(_)) => multiples.for_four().is_some(),
            None => false,
        };
        job.multiples.is_some_and(is_own)
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

    /// Sets the verdicts of the jobs whose multiples are for these lanes: those of which `table`
    /// gives the table.
    fn verify_in_lanes<L: Lanes>(
        &self,
        lanes: L,
        table: fn(&Multiples) -> Option<&L::Table>,
        jobs: &[Job<'_>],
        verdicts: &mut [bool],
    ) -> Result<(), Disagreement> {
        if !jobs.iter().any(|job| self.is_for_lanes(job)) {
            return Ok(());
        }
        let Some(base) = table(self.base()) else { return Ok(()) };
        let features = L::FEATURES;
        if !*self.tested.get_or_init(|| self_test::passes(lanes, base)) {
            let difference = "in a self-test with known answers".into();
            return Err(Disagreement { features, difference });
        }
        let lane_jobs = prepare(lanes, table, jobs);
        let products: Vec<Product<'_, L::Table>> =
            lane_jobs.iter().map(|one| one.product).collect();
        let encodings = lanes.encodings(base, &products);
        for (LaneJob { index, r, product }, encoding) in lane_jobs.iter().zip(&encodings) {
            let (job, verdict) = (&jobs[*index], **r == *encoding);
            // The challenge is a hash, so its lowest byte chooses one in 256.
            let chosen = product.k.as_bytes()[0] == 0;
            if (!verdict || chosen) && job.key.verifies(job.message, job.signature) != verdict {
                return Err(Disagreement::of(features, job, verdict));
            }
            verdicts[*index] = verdict;
        }
        Ok(())
    }
}

/// The jobs for the lanes whose signatures may be valid, with their challenges.
fn prepare<'a, L: Lanes>(
    lanes: L,
    table: fn(&Multiples) -> Option<&L::Table>,
    jobs: &'a [Job<'a>],
) -> Vec<LaneJob<'a, L::Table>> {
    let (mut parts, mut challenges) = (Vec::new(), Vec::new());
    for (index, job) in jobs.iter().enumerate() {
        let Some(minus) = job.multiples.and_then(table) else { continue };
        let Some(SignatureParts { s, r }) = SignatureParts::of(job.signature) else { continue };
        parts.push((index, minus, s));
        challenges.push(Challenge { r, key: job.key, message: job.message });
    }
    let scalars = lanes.challenges(&challenges);
    let each = parts.into_iter().zip(&challenges).zip(scalars);
    each.map(|(((index, minus, s), challenge), k)| LaneJob {
        index,
        r: challenge.r,
        product: Product { s, k, minus },
    })
    .collect()
}

impl Multiples {
    fn for_eight(&self) -> Option<&EightTable> {
        match &self.0 {
            Form::Eight(table) => Some(table),
            _ => None,
        }
    }

    fn for_four(&self) -> Option<&FourTable> {
        match &self.0 {
            Form::Four(table) => Some(table),
            _ => None,
        }
    }
}

impl Disagreement {
    fn of(features: &'static str, job: &Job<'_>, verdict: bool) -> Disagreement {
        let mut difference = String::from(match verdict {
            true => "on a signature, which only the vectors accept",
            false => "on a signature, which only dalek accepts",
        });
        for (name, bytes) in [("key", &job.key.bytes()[..]), ("signature", &job.signature[..])] {
            // Writing to a string does not fail.
            let _ = write!(difference, ", {name} {}", Hex(bytes));
        }
        Disagreement { features, difference }
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
