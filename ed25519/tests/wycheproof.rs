//! The Ed25519 vectors of Project Wycheproof, in lanes, one by one and by dalek alone.
//!
//! Always holds: a signature that the vectors call invalid is refused in every way, and a valid one
//! is accepted; the vectors have no case in which a verifier may choose. Source: the crate
//! `wycheproof`.

use annals_ed25519::{AcceptedKey, Engine, Job, Way};
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

#[test]
fn the_vectors_have_their_verdict_in_every_way() {
    let set = TestSet::load(TestName::Ed25519).expect("vectors");
    let ways = [Way::Fastest, Way::FourAtOnce, Way::OneByOne, Way::Reference];
    let engines = ways.map(Engine::new);
    let mut count = 0;
    for group in &set.test_groups {
        let bytes = group.key.pk.as_slice().try_into().expect("32 bytes");
        let key = AcceptedKey::accept(bytes).expect("an acceptable key");
        for engine in &engines {
            let multiples = engine.multiples(&key);
            for test in &group.tests {
                // Another length is no signature; the type excludes it.
                let Ok(signature) = test.sig.as_slice().try_into() else {
                    assert_eq!(test.result, TestResult::Invalid, "{}", test.comment);
                    continue;
                };
                let multiples = multiples.as_ref();
                let job = Job { key: &key, multiples, message: &test.msg, signature: &signature };
                let expected = test.result == TestResult::Valid;
                assert_eq!(engine.verify(&[job]), Ok(vec![expected]), "{}", test.comment);
                count += 1;
            }
        }
    }
    assert!(count > 400, "expected the vectors in four ways, found {count}");
}
