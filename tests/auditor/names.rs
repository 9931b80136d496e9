//! Similar names in an old record: it verifies, and no person is shown as another.
//!
//! Always holds: the record is signed here event by event, as by a version that did not check
//! names.
//! Not here: new names (`people`).

use crate::auditor::desk::Desk;
use crate::support::texts::TEXT;
use crate::support::{Ledger, acts, keys};

/// An enrolment under any name.
fn enrolled(handle: &str, name: &str) -> acts::Act {
    let mut act = acts::enrolled(handle, acts::EDITOR);
    let old = keys::possession("editor", acts::ORIGIN, handle, &keys::spoken(handle));
    let new = keys::possession("editor", acts::ORIGIN, handle, name);
    act.args = act.args.replace(&old, &new);
    act.body = format!(r#","name":"{name}""#);
    act
}

#[test]
fn look_alike_names_of_an_old_record_have_their_keys_beside_them() {
    let names = [
        ("bo", "Hope Cox"),
        // Of Cyrillic letters alone, once in capitals; and with a soft hyphen.
        ("cy", "\u{41D}\u{43E}\u{440}\u{435} \u{421}\u{43E}\u{445}"),
        ("dan", "\u{41D}\u{41E}\u{420}\u{415} \u{421}\u{41E}\u{425}"),
        ("eve", "Hope\u{AD} Cox"),
    ];
    let mut ledger = Ledger::opened();
    for (handle, name) in names {
        ledger.sign("ada", enrolled(handle, name));
    }
    let document = ledger.capture("ada", TEXT, "null");
    for ((by, _), (other, _)) in names.iter().zip(names.iter().cycle().skip(1)) {
        let fact = ledger.sign(by, acts::asserted(document));
        ledger.sign(other, acts::confirmed(fact));
    }
    let desk = Desk::with(&ledger.files());
    let verified = desk.run("verify");
    assert_eq!((verified.exit, verified.err.as_str()), (0, ""), "{}", verified.out);
    let told = |line: &str| {
        let answer = desk.run(line);
        assert_eq!(answer.exit, 0, "{line}: {}", answer.err);
        // The lines of `blame` are narrow.
        let words: Vec<&str> = answer.out.split_whitespace().filter(|word| *word != "│").collect();
        words.join(" ").replace("\\u{00ad}", "\u{AD}")
    };
    let blame = format!("blame {document}");
    for line in ["replay", "replay --format json", "log", "editor list", &blame, "show 6"] {
        let told = told(line);
        let mut seen = 0;
        for (handle, name) in names {
            let apart = format!("{name} (key {})", &keys::key(handle)[..16]);
            assert_eq!(told.matches(name).count(), told.matches(&apart).count(), "{line}: {told}");
            seen += told.matches(&apart).count();
        }
        assert!(seen >= 2, "{line}: {told}");
    }
}
