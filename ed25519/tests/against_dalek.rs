//! The verdicts of every way against dalek's: random signatures, mutated ones, and edges.
//!
//! Always holds: a seed gives the same signatures on every machine. ANNALS_LANES_COUNT and
//! ANNALS_LANES_SEED are the number of signatures and the seed (`scripts/lanes`). Source: FORMAT.md section 2, "Verdict on a signature".

use annals_ed25519::{AcceptedKey, Engine, Job, Multiples, Way};
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha512};

/// A generator of bytes (SplitMix64), the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.next().to_le_bytes()[0])
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("below a usize")
    }
}

struct Case {
    key: usize,
    message: Vec<u8>,
    signature: [u8; 64],
}

struct Keys {
    accepted: Vec<AcceptedKey>,
    dalek: Vec<VerifyingKey>,
}

impl Keys {
    fn of(secrets: &[SigningKey]) -> Keys {
        let dalek: Vec<VerifyingKey> = secrets.iter().map(SigningKey::verifying_key).collect();
        let accept = |key: &VerifyingKey| AcceptedKey::accept(key.to_bytes()).expect("acceptable");
        Keys { accepted: dalek.iter().map(accept).collect(), dalek }
    }

    fn multiples(&self, engine: &Engine) -> Vec<Option<Multiples>> {
        self.accepted.iter().map(|key| engine.multiples(key)).collect()
    }

    /// dalek's strict verdict. It refuses an R of small order, which the rule does not name; the
    /// encoding of such an R is never that of `[S]B − [k]A` but for the identity.
    fn strict(&self, case: &Case) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&case.signature);
        self.dalek[case.key].verify_strict(&case.message, &signature).is_ok()
    }

    fn verdicts(
        &self,
        engine: &Engine,
        multiples: &[Option<Multiples>],
        cases: &[Case],
    ) -> Vec<bool> {
        let jobs: Vec<Job<'_>> = cases
            .iter()
            .map(|case| Job {
                key: &self.accepted[case.key],
                multiples: multiples[case.key].as_ref(),
                message: &case.message,
                signature: &case.signature,
            })
            .collect();
        engine.verify(&jobs).expect("one verdict")
    }
}

/// The 32 bytes of p plus a small number, which is not a canonical encoding.
fn above_p(small: u8) -> [u8; 32] {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xed + small;
    bytes[31] = 0x7f;
    bytes
}

/// S + ℓ: the same scalar, not canonical.
fn plus_order(s: &[u8]) -> [u8; 32] {
    let mut order = (-Scalar::ONE).to_bytes();
    order[0] += 1;
    let mut carry = 0;
    std::array::from_fn(|at| {
        carry += u16::from(s[at]) + u16::from(order[at]);
        let byte = carry.to_le_bytes()[0];
        carry >>= 8;
        byte
    })
}

/// A signature, and nine in ten times a change of it.
fn case(random: &mut Random, secrets: &[SigningKey]) -> Case {
    let key = random.below(secrets.len());
    // Messages of events have 47 bytes; 48 is the first length that needs a second block.
    let length = match random.below(4) {
        0 => random.below(200),
        1 => 48,
        _ => 47,
    };
    let message: Vec<u8> = (0..length).map(|_| random.bytes::<1>()[0]).collect();
    let signature = secrets[key].sign(&message).to_bytes();
    let mut case = Case { key, message, signature };
    let (r, s) = case.signature.split_at_mut(32);
    match random.below(10) {
        0 => {
            let bit = random.below(512);
            case.signature[bit / 8] ^= 1 << (bit % 8);
        }
        1 => match case.message.first_mut() {
            Some(byte) => *byte ^= 0x10,
            None => case.message.push(0),
        },
        2 => case.key = (key + 1) % secrets.len(),
        3 => s.copy_from_slice(&plus_order(s)),
        4 => {
            let torsion = EIGHT_TORSION[random.below(8)];
            let point = CompressedEdwardsY(r.try_into().expect("32 bytes")).decompress();
            r.copy_from_slice(&(point.expect("a point") + torsion).compress().0);
        }
        5 => r.copy_from_slice(&EIGHT_TORSION[random.below(8)].compress().0),
        6 => r.copy_from_slice(&above_p(random.bytes::<1>()[0] % 19)),
        7 => s.copy_from_slice(&[0, 0x7f, 0x80, 0xff][random.below(4)..][..1].repeat(32)),
        8 => s.copy_from_slice(
            &(-Scalar::from_bytes_mod_order(s.to_vec().try_into().expect("32"))).to_bytes(),
        ),
        _ => {}
    }
    case
}

fn differences(seed: u64, count: usize) -> usize {
    let mut random = Random(seed);
    let secrets: Vec<SigningKey> =
        (0..11).map(|_| SigningKey::from_bytes(&random.bytes())).collect();
    let keys = Keys::of(&secrets);
    let ways = [Way::Fastest, Way::FourAtOnce, Way::OneByOne];
    let engines = ways.map(|way| {
        let engine = Engine::new(way);
        let multiples = keys.multiples(&engine);
        (engine, multiples)
    });
    let (mut different, mut valid, mut left) = (0, 0, count);
    while left > 0 {
        let cases: Vec<Case> =
            (0..left.min(1 + random.below(300))).map(|_| case(&mut random, &secrets)).collect();
        left -= cases.len();
        let expected: Vec<bool> = cases.iter().map(|case| keys.strict(case)).collect();
        valid += expected.iter().filter(|valid| **valid).count();
        for ((engine, multiples), way) in engines.iter().zip(ways) {
            // Of the slow way some of each batch.
            let some = if way == Way::OneByOne { cases.len().min(8) } else { cases.len() };
            let found = keys.verdicts(engine, multiples, &cases[..some]);
            let pairs = found.iter().zip(&expected);
            different += pairs.filter(|(found, expected)| found != expected).count();
        }
    }
    assert!(
        count < 100 || (count / 20..count / 5).contains(&valid),
        "{valid} of {count} are valid"
    );
    different
}

#[test]
fn no_verdict_differs_from_that_of_dalek() {
    let number =
        |name: &str| std::env::var(name).ok().map(|text| text.parse::<usize>().expect("a number"));
    let count = number("ANNALS_LANES_COUNT").unwrap_or(40_000);
    let seed = number("ANNALS_LANES_SEED").unwrap_or(1);
    let engine = Engine::new(Way::Fastest);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(count);
    let different: usize = std::thread::scope(|scope| {
        let run = |thread: usize| {
            let own = count / threads + usize::from(thread < count % threads);
            scope.spawn(move || differences((1_000 * seed + thread) as u64, own))
        };
        let threads: Vec<_> = (0..threads).map(run).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    println!("{count} signatures, {different} differences, {} at once", engine.at_once());
    assert_eq!(different, 0);
}

#[test]
fn keys_of_small_order_and_other_spellings_are_refused() {
    for torsion in EIGHT_TORSION {
        assert!(AcceptedKey::accept(torsion.compress().0).is_none());
        let mixed: EdwardsPoint = ED25519_BASEPOINT_POINT + torsion;
        let prime_order = mixed == ED25519_BASEPOINT_POINT;
        assert_eq!(AcceptedKey::accept(mixed.compress().0).is_some(), prime_order);
    }
    for small in 0..19 {
        assert!(AcceptedKey::accept(above_p(small)).is_none());
    }
}

/// R is chosen before k, so S and k at their ends take a key whose secret is known: A = aB and
/// R = rB give S = r + ka.
#[test]
fn valid_signatures_with_scalars_at_the_ends_of_their_digits() {
    let engines = [Way::Fastest, Way::FourAtOnce].map(Engine::new);
    let ends = [0x00, 0x01, 0x7f, 0x80, 0x81, 0xff].map(|byte| [byte; 32]);
    let scalars = ends.into_iter().map(Scalar::from_bytes_mod_order);
    let scalars: Vec<Scalar> = scalars.chain((1_u8..4).map(|small| -Scalar::from(small))).collect();
    for secret in scalars.iter().filter(|scalar| **scalar != Scalar::ZERO) {
        let public = EdwardsPoint::mul_base(secret).compress().0;
        let key = AcceptedKey::accept(public).expect("acceptable");
        let multiples = engines.each_ref().map(|engine| engine.multiples(&key));
        for nonce in &scalars {
            let r = EdwardsPoint::mul_base(nonce).compress().0;
            let hash = Sha512::new().chain_update(r).chain_update(public).chain_update(b"ends");
            let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&r);
            signature[32..].copy_from_slice(&(nonce + k * secret).to_bytes());
            // The identity as R is refused by the rule.
            let expected = *nonce != Scalar::ZERO;
            for (engine, multiples) in engines.iter().zip(&multiples) {
                let multiples = multiples.as_ref();
                let job = Job { key: &key, multiples, message: b"ends", signature: &signature };
                assert_eq!(engine.verify(&[job]), Ok(vec![expected]));
            }
            assert_eq!(key.verifies(b"ends", &signature), expected);
        }
    }
}

#[test]
fn multiples_of_another_engine_change_no_verdict() {
    let mut random = Random(7);
    let secrets: Vec<SigningKey> =
        (0..3).map(|_| SigningKey::from_bytes(&random.bytes())).collect();
    let keys = Keys::of(&secrets);
    let cases: Vec<Case> = (0..60).map(|_| case(&mut random, &secrets)).collect();
    let expected: Vec<bool> = cases.iter().map(|case| keys.strict(case)).collect();
    let engines = [Way::Fastest, Way::FourAtOnce, Way::OneByOne].map(Engine::new);
    for of in &engines {
        let multiples = keys.multiples(of);
        for engine in &engines {
            assert_eq!(keys.verdicts(engine, &multiples, &cases), expected);
        }
    }
}
