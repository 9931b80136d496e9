//! Vectors of rules 301 and 302: keys and signatures on which implementations are known to differ.

use super::{Case, bad, last, points};
use crate::support::ledger::hex_of;
use crate::support::{Act, Draft, Ledger, acts, keys};
use curve25519_dalek::edwards::EdwardsPoint;

pub fn cases() -> Vec<Case> {
    let mut out = refused_keys();
    out.extend(edges_after(0));
    out
}

/// An enrolment of these key bytes.
fn enrol(bytes: &[u8; 32]) -> Ledger {
    let mut ledger = Ledger::opened();
    let mut act = acts::enrolled("bo", acts::EDITOR);
    act.args = act.args.replacen(&keys::key("bo"), &hex_of(bytes), 1);
    ledger.sign("ada", act);
    ledger
}

/// The enrolment breaks 301 by the key in args; its possession cannot hold, so 612 too.
fn refused(name: &str, about: &'static str, bytes: &[u8; 32]) -> Case {
    bad(&format!("301-key-refused-{name}"), about, enrol(bytes).files(), &[(301, 1), (612, 1)])
}

fn refused_keys() -> Vec<Case> {
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut minus_zero = identity;
    minus_zero[31] = 0x80;
    let mut order_2 = points::torsion(2).compress().0;
    order_2[31] |= 0x80;
    let mixed = |order| (points::public("bo") + points::torsion(order)).compress().0;
    let mut rekey = Ledger::opened();
    let mut act = acts::rekeyed("log-2", "rotated");
    act.args = act.args.replacen(&keys::key("log-2"), &hex_of(&mixed(2)), 1);
    rekey.sign("ada", act);
    let named = |act: &dyn Fn(&str) -> acts::Act| {
        let mut ledger = Ledger::opened();
        let mut act = act("bo");
        let order_8 = hex_of(&points::torsion(8).compress().0);
        act.args = act.args.replacen(&keys::key("bo"), &order_8, 1);
        ledger.sign("ada", act);
        ledger
    };
    let changed = |name: &str| acts::roles(name, acts::EDITOR);
    let mut off = keys::secret("bo").public().0;
    while annals_core::key::PublicKey(off).accept().is_some()
        || curve25519_dalek::edwards::CompressedEdwardsY(off).decompress().is_some()
    {
        off[0] = off[0].wrapping_add(1);
    }
    vec![
        refused("identity", "The identity is no key.", &identity),
        refused("minus-zero", "The sign bit is 1 where x is 0.", &minus_zero),
        refused("order-2", "A key of order 2.", &points::torsion(2).compress().0),
        refused("order-4", "A key of order 4.", &points::torsion(4).compress().0),
        refused("order-8", "A key of order 8.", &points::torsion(8).compress().0),
        refused("mixed-order-2", "A key with a part of order 2.", &mixed(2)),
        refused("mixed-order-4", "A key with a part of order 4.", &mixed(4)),
        refused("mixed-order-8", "A key with a part of order 8.", &mixed(8)),
        refused(
            "beyond-p",
            "A key with y = p + 1, the identity again.",
            &points::beyond_p(1, false),
        ),
        refused(
            "beyond-p-signed",
            "A key with y = p + 1 and the sign bit.",
            &points::beyond_p(1, true),
        ),
        refused("beyond-p-zero", "A key with y = p, of order 4.", &points::beyond_p(0, false)),
        refused(
            "beyond-p-zero-signed",
            "A key with y = p and the sign bit.",
            &points::beyond_p(0, true),
        ),
        refused("order-2-minus-zero", "The point of order 2 with the sign bit.", &order_2),
        refused("beyond-p-large", "A key with y not below p.", &points::large_beyond_p()),
        refused("off-the-curve", "A key that is no point of the curve.", &off),
        last("301-key-refused-log", "A log key with a part of order 2.", &rekey),
        last("301-key-refused-changed", "Other roles for a key of order 8.", &named(&changed)),
        last("301-key-refused-revoked", "A key of order 8 is revoked.", &named(&acts::left)),
        signer_refused(),
    ]
}

/// A mixed-order signer: the cofactored equation would hold; 301, and 302 is not checked.
fn signer_refused() -> Case {
    let mut ledger = Ledger::opened();
    let mixed = (points::public("ada") + points::torsion(8)).compress().0;
    let draft = ledger.draft("ada", acts::retimed());
    ledger.put(draft.with(|d| {
        let hex = hex_of(&mixed);
        d.body = d.body.replacen(&d.by, &hex, 1);
        d.by = hex;
        let encode = |point: EdwardsPoint| point.compress().0;
        d.sign = Some(Box::new(move |m| points::sign("ada", &mixed, points::nonce(), encode, m)));
    }));
    last("301-key-refused-signer", "The signer's key has a part of order 8.", &ledger)
}

type Named = (&'static str, &'static str);

fn signed(before: u64, (name, about): Named, sign: impl Fn(&[u8]) -> [u8; 64] + 'static) -> Case {
    signed_act(before, (name, about), acts::retimed(), |d| d.sign = Some(Box::new(sign)))
}

/// The case after this many more valid events by Ada.
fn signed_act(
    before: u64,
    (name, about): Named,
    act: Act,
    change: impl FnOnce(&mut Draft),
) -> Case {
    let mut ledger = Ledger::opened();
    for number in 0..before {
        ledger.sign("ada", acts::changed(1 + number % 9));
    }
    ledger.put(ledger.draft("ada", act).with(change));
    last(&format!("302-signature-{name}"), about, &ledger)
}

/// A signature by Ada with R as `encode` writes it.
fn encoded(
    zero: bool,
    encode: impl Fn(EdwardsPoint) -> [u8; 32] + 'static,
) -> impl Fn(&[u8]) -> [u8; 64] {
    let a = keys::secret("ada").public().0;
    let r = if zero { curve25519_dalek::Scalar::ZERO } else { points::nonce() };
    move |message| points::sign("ada", &a, r, &encode, message)
}

/// Every bad signature, each after this many good ones of the same key.
pub fn edges_after(before: u64) -> Vec<Case> {
    let with = |order| encoded(false, move |r| (r + points::torsion(order)).compress().0);
    let minus_zero = |_: EdwardsPoint| {
        let mut bytes = [0; 32];
        (bytes[0], bytes[31]) = (1, 0x80);
        bytes
    };
    let sign = |message: &[u8]| keys::secret("ada").sign(message).0;
    vec![
        signed(before, ("torsion-2", "R has a part of order 2: no cofactor."), with(2)),
        signed(before, ("torsion-4", "R has a part of order 4: no cofactor."), with(4)),
        signed(before, ("torsion-8", "R has a part of order 8: no cofactor."), with(8)),
        signed(
            before,
            ("s-plus-order", "S is not below the order of the base point."),
            move |message| points::add_order(&sign(message)),
        ),
        signed(
            before,
            ("identity", "R is the identity, though the equation holds."),
            encoded(true, |r| r.compress().0),
        ),
        signed(
            before,
            ("identity-minus-zero", "R is the identity with a sign."),
            encoded(true, minus_zero),
        ),
        signed(
            before,
            ("identity-beyond-p", "R is the identity, written with y = p + 1."),
            encoded(true, |_| points::beyond_p(1, false)),
        ),
        signed(before, ("s-high", "The highest bit of S is set."), move |message| {
            let mut bytes = sign(message);
            bytes[63] |= 0x80;
            bytes
        }),
        signed(
            before,
            ("r-beyond-p", "R is written with y not below p."),
            encoded(false, |_| points::large_beyond_p()),
        ),
        signed(
            before,
            ("r-negated", "R has the other sign."),
            encoded(false, |r| {
                let mut bytes = r.compress().0;
                bytes[31] ^= 0x80;
                bytes
            }),
        ),
        signed(before, ("flipped", "A bit of S is another."), move |message| {
            let mut bytes = sign(message);
            bytes[40] ^= 1;
            bytes
        }),
        signed_act(before, ("other-key", "Signed by another key."), acts::retimed(), |d| {
            d.signer = "bo".to_owned();
        }),
        signed(
            before,
            ("other-tag", "The signature is over the statement's digest alone."),
            move |message| keys::secret("ada").sign(&message[15..]).0,
        ),
        signed_act(
            before,
            ("edited", "The statement was edited after it was signed."),
            acts::changed(2),
            |d| {
                let act = acts::changed(1);
                let hash = d.body.clone();
                let said = d.said.clone();
                let (base, after, by) = (d.base, d.after.expect("a hash"), d.by.clone());
                let digest = annals_core::hash::Hash::of(&[hash.as_bytes()]);
                let honest = format!(
                    r#"{{"v":1,"base":{base},"after":"{after}","said":"{said}","by":"{by}","type":"{}","args":{},"body":"{digest}"}}"#,
                    act.kind, act.args
                );
                let message =
                    annals_core::key::signed_bytes(annals_core::key::EVENT_TAG, honest.as_bytes());
                d.sign = Some(Box::new(move |_| keys::secret("ada").sign(&message).0));
            },
        ),
    ]
}
