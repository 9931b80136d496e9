//! Proofs of the tree against a naive RFC 6962, for every small size and some larger ones.

use annals_core::hash::Hash;
use annals_core::merkle::{
    Consistency, Inclusion, NodeCollector, NodeStore, Plan, Tree, empty_root, node, subtrees,
};
use proptest::prelude::*;

fn leaf(index: u64) -> Hash {
    Hash::of(&[&[0], &index.to_be_bytes()])
}

fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(leaf).collect()
}

/// The largest power of two smaller than `n`.
fn split(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

/// MTH(D[n]), word for word.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(&root(left), &root(right))
        }
    }
}

/// PATH(m, D[n]), word for word.
fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut hashes, other) = match m < k {
        true => (path(m, left), root(right)),
        false => (path(m - k, right), root(left)),
    };
    hashes.push(other);
    hashes
}

/// SUBPROOF(m, D[n], b), word for word.
fn subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut hashes, other) = match m <= k {
        true => (subproof(m, left, whole), root(right)),
        false => (subproof(m - k, right, false), root(left)),
    };
    hashes.push(other);
    hashes
}

fn levels(leaves: &[Hash]) -> NodeStore {
    let mut levels = NodeStore::default();
    leaves.iter().for_each(|leaf| levels.push(*leaf));
    levels
}

fn filled(plan: &Plan, levels: &NodeStore) -> Vec<Hash> {
    plan.hashes(|subtree| levels.get(subtree).ok_or(subtree)).expect("a complete subtree")
}

/// Every way to damage a list of hashes in one step.
fn spoiled(path: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for at in 0..path.len() {
        let mut flipped = path.to_vec();
        flipped[at].0[at % 32] ^= 1 << (at % 8);
        let mut dropped = path.to_vec();
        dropped.remove(at);
        all.extend([flipped, dropped]);
        if at > 0 {
            let mut swapped = path.to_vec();
            swapped.swap(at - 1, at);
            all.push(swapped);
        }
    }
    for at in 0..=path.len() {
        let mut longer = path.to_vec();
        longer.insert(at, *path.first().unwrap_or(&leaf(9)));
        all.push(longer);
    }
    all
}

#[test]
fn the_tree_and_its_peaks_are_those_of_the_rfc() {
    let all = leaves(70);
    let mut tree = Tree::default();
    for size in 0..=70 {
        assert_eq!(tree.root(), root(&all[..size]), "size {size}");
        let peaks = subtrees(0..size as u64);
        let hashes: Vec<Hash> = peaks
            .iter()
            .map(|peak| {
                let first = (peak.index << peak.level) as usize;
                root(&all[first..first + (1 << peak.level)])
            })
            .collect();
        assert_eq!(tree.peaks(), hashes, "size {size}");
        let mut again = Tree::from_peaks(size as u64, hashes.clone()).expect("as many as bits");
        assert_eq!(again, tree);
        again.push(leaf(size as u64));
        tree.push(leaf(size as u64));
        assert_eq!(again, tree, "a tree goes on from its peaks");
        assert_eq!(
            Tree::from_peaks(size as u64 + 1, hashes.clone()).is_some(),
            size % 2 == 1 && (size + 1).count_ones() == size.count_ones()
        );
    }
}

#[test]
fn every_small_inclusion_proof_is_that_of_the_rfc_and_holds_for_nothing_else() {
    let all = leaves(70);
    for size in 1..=70 {
        let levels = levels(&all[..size]);
        let root = root(&all[..size]);
        for index in 0..size {
            let plan = Plan::inclusion(index as u64, size as u64).expect("index < size");
            let made = filled(&plan, &levels);
            assert_eq!(made, path(index, &all[..size]), "leaf {index} of {size}");
            let proof = Inclusion { index: index as u64, size: size as u64, path: made };
            assert!(proof.holds(&all[index], &root), "leaf {index} of {size}");
            assert!(!proof.holds(&leaf(99), &root));
            assert!(!proof.holds(&all[index], &leaf(99)));
            for other in 0..size as u64 {
                let moved = Inclusion { index: other, ..proof.clone() };
                assert_eq!(moved.holds(&all[index], &root), other == index as u64);
            }
            for path in spoiled(&proof.path) {
                let spoiled = Inclusion { path, ..proof.clone() };
                assert!(spoiled == proof || !spoiled.holds(&all[index], &root));
            }
        }
    }
    assert_eq!(Plan::inclusion(0, 0), None);
    assert_eq!(Plan::inclusion(7, 7), None);
    let beyond = Inclusion { index: 1, size: 1, path: vec![] };
    assert!(!beyond.holds(&leaf(0), &leaf(0)));
    let nothing = Inclusion { index: 0, size: 0, path: vec![] };
    assert!(!nothing.holds(&leaf(0), &leaf(0)));
}

#[test]
fn every_small_consistency_proof_is_that_of_the_rfc_and_holds_for_nothing_else() {
    let all = leaves(70);
    let roots: Vec<Hash> = (0..=70).map(|size| root(&all[..size])).collect();
    let levels = levels(&all);
    for new in 0..=70 {
        for old in 0..=new {
            let plan = Plan::consistency(old as u64, new as u64).expect("old <= new");
            let made = filled(&plan, &levels);
            let model = if old == 0 { vec![] } else { subproof(old, &all[..new], true) };
            assert_eq!(made, model, "{old} to {new}");
            let proof = Consistency { old: old as u64, new: new as u64, path: made };
            assert!(proof.holds(&roots[old], &roots[new]), "{old} to {new}");
            assert!(!proof.holds(&leaf(99), &roots[new]), "{old} to {new}");
            if old > 0 {
                assert!(!proof.holds(&roots[old], &leaf(99)), "{old} to {new}");
            }
            for path in spoiled(&proof.path) {
                let spoiled = Consistency { path, ..proof.clone() };
                assert!(spoiled == proof || !spoiled.holds(&roots[old], &roots[new]));
            }
        }
    }
    assert_eq!(Plan::consistency(8, 7), None);
    let back = Consistency { old: 8, new: 7, path: vec![] };
    assert!(!back.holds(&roots[8], &roots[7]));
}

#[test]
fn a_fork_has_no_consistency_proof() {
    let (honest, mut forged) = (leaves(40), leaves(40));
    forged[11] = leaf(1_000_011);
    let levels = levels(&forged);
    for old in 1..=40 {
        let plan = Plan::consistency(old, 40).expect("old <= new");
        let proof = Consistency { old, new: 40, path: filled(&plan, &levels) };
        let holds = proof.holds(&root(&honest[..old as usize]), &root(&forged));
        assert_eq!(holds, old <= 11, "{old}");
    }
}

#[test]
fn one_pass_keeps_only_what_is_wanted() {
    let all = leaves(50);
    let plan = Plan::inclusion(17, 50).expect("index < size");
    let mut wanted = NodeCollector::default();
    wanted.want(&plan);
    all.iter().take(40).for_each(|leaf| wanted.push(*leaf));
    assert!(plan.hashes(|subtree| wanted.get(subtree).ok_or(())).is_err(), "not complete yet");
    all.iter().skip(40).for_each(|leaf| wanted.push(*leaf));
    let path = plan.hashes(|subtree| wanted.get(subtree).ok_or(())).expect("complete");
    let proof = Inclusion { index: 17, size: 50, path };
    assert!(proof.holds(&all[17], &wanted.tree().root()));
    let other = subtrees(3..4)[0];
    assert_eq!(wanted.get(other), None, "leaf 3 was not asked for");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn larger_sizes_agree_with_the_rfc(new in 71usize..1500, a in 0f64..1.0, b in 0f64..1.0) {
        let all = leaves(new as u64);
        let levels = levels(&all);
        let (index, old) = ((a * new as f64) as usize, 1 + (b * (new - 1) as f64) as usize);
        let plan = Plan::inclusion(index as u64, new as u64).expect("index < size");
        let made = filled(&plan, &levels);
        prop_assert_eq!(&made, &path(index, &all));
        let proof = Inclusion { index: index as u64, size: new as u64, path: made };
        prop_assert!(proof.holds(&all[index], &root(&all)));
        let plan = Plan::consistency(old as u64, new as u64).expect("old <= new");
        let made = filled(&plan, &levels);
        prop_assert_eq!(&made, &subproof(old, &all, true));
        let proof = Consistency { old: old as u64, new: new as u64, path: made };
        prop_assert!(proof.holds(&root(&all[..old]), &root(&all)));
    }

    #[test]
    fn no_size_and_no_path_can_panic(index: u64, size: u64, count in 0usize..70) {
        let path = vec![leaf(1); count];
        let _ = Inclusion { index, size, path: path.clone() }.root(&leaf(0));
        let _ = Consistency { old: index, new: size, path }.holds(&leaf(0), &leaf(1));
        let plan = Plan::inclusion(index, size);
        prop_assert_eq!(plan.is_some(), index < size);
        prop_assert!(plan.is_none_or(|plan| plan.subtrees().count() <= 64 * 64));
        let plan = Plan::consistency(index, size);
        prop_assert_eq!(plan.is_some(), index <= size);
    }
}
