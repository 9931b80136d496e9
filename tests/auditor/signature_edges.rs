//! Signatures on which implementations are known to differ, before and after a key has a table of
//! multiples.
//!
//! Always holds: the verdict does not depend on how many events the key signed before: a key with
//! more than 64 signatures is multiplied with a table. Not here: the vectors themselves (`cases`).

use crate::cases::signatures::edges_after;
use crate::support::judge;

#[test]
fn every_edge_case_is_refused_before_and_after_multiples() {
    for before in [0, 70] {
        let cases = edges_after(before);
        assert!(cases.len() >= 12, "{}", cases.len());
        for case in cases {
            let outcome = judge(&case.files);
            assert_eq!(outcome.faults, case.faults, "{} after {before}: {outcome}", case.name);
            assert_eq!(case.faults, [(302, Some(before + 1))], "{}", case.name);
        }
    }
}
