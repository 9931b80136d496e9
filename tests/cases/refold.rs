//! Vectors of the refold: acts of stolen keys are undone, in every way that section 8 defines.

use super::{Case, good};
use crate::support::{Act, Ledger, acts};

/// The newsroom (0 Ada opens, 1 Bo, 2 Cy, 3 Dan both, 4 the text, 5 Ada's fact) with more acts.
pub fn story(acts: Vec<(&str, Act)>) -> Ledger {
    let mut ledger = Ledger::newsroom();
    for (by, act) in acts {
        ledger.sign(by, act);
    }
    ledger
}

/// Dan's key was stolen before 6: his confirmation and his fact are struck.
pub fn stolen_key() -> Ledger {
    story(vec![
        ("dan", acts::confirmed(5)),
        ("dan", acts::asserted(4)),
        ("ada", acts::stolen("dan", 6)),
    ])
}

/// Acts that depend on them are set aside: Bo upholds a dispute of the thief's.
pub fn set_aside() -> Ledger {
    story(vec![
        ("dan", acts::disputed(5)),
        ("bo", acts::upheld(6)),
        ("dan", acts::enrolled("eve", acts::EDITOR)),
        ("eve", acts::confirmed(5)),
        ("ada", acts::stolen("dan", 6)),
    ])
}

/// The suspect fact is confirmed by another person, and ceases to be suspect.
pub fn cleared() -> Ledger {
    let mut ledger = stolen_key();
    ledger.sign("bo", acts::confirmed(7));
    ledger
}

/// A thief with Dan's key suspects Ada; the recovery key suspects Dan: Ada stands again.
pub fn struck_in_turn() -> Ledger {
    story(vec![
        ("dan", acts::stolen("ada", 4)),
        ("recovery", acts::stolen("dan", 6)),
        ("ada", acts::changed(2)),
        ("bo", acts::confirmed(5)),
    ])
}

/// Eve's suspicion of Cy is set aside with Eve's enrolment by the thief: it is dropped.
pub fn dropped() -> Ledger {
    story(vec![
        ("dan", acts::enrolled("eve", acts::BOTH)),
        ("cy", acts::confirmed(5)),
        ("eve", acts::stolen("cy", 7)),
        ("ada", acts::stolen("dan", 6)),
    ])
}

/// Every admin key is stolen; the recovery key enrols a new one first, then undoes.
pub fn recovery() -> Ledger {
    let mut ledger = Ledger::opened();
    ledger.sign("ada", acts::enrolled("bo", acts::EDITOR));
    ledger.sign("ada", acts::enrolled("eve", acts::BOTH));
    ledger.sign("recovery", acts::enrolled("ada-2", acts::BOTH));
    ledger.sign("recovery", acts::stolen("ada", 2));
    ledger.sign("ada-2", acts::changed(2));
    ledger
}

/// Bo left; later it is found that his key was stolen before.
pub fn left_then_stolen() -> Ledger {
    story(vec![
        ("bo", acts::confirmed(5)),
        ("ada", acts::left("bo")),
        ("ada", acts::stolen("bo", 6)),
    ])
}

/// The thief's sealed correction of sealed words is struck, and its body withheld.
fn sealed_struck() -> Ledger {
    let mut ledger = story(vec![("ada", acts::asserted_sealed(4, "\"by-hand\""))]);
    let act = acts::corrected_as(6, 4, "wrong-date", &[], "\"by-hand\"");
    ledger.put(ledger.draft("dan", act).withheld());
    ledger.sign("ada", acts::stolen("dan", 7));
    ledger
}

pub fn cases() -> Vec<Case> {
    let lasting = story(vec![
        ("dan", acts::asserted_sealed(4, "\"by-hand\"")),
        ("dan", acts::released(6)),
        ("dan", acts::redacted(5)),
        ("ada", acts::stolen("dan", 6)),
    ]);
    let two = story(vec![
        ("bo", acts::disputed(5)),
        ("cy", acts::disputed(5)),
        ("ada", acts::stolen("bo", 6)),
        ("dan", acts::stolen("cy", 7)),
        ("dan", acts::corrected(5, 4, &[])),
    ]);
    let itself = story(vec![("bo", acts::confirmed(5)), ("bo", acts::stolen("bo", 6))]);
    let log = {
        let mut ledger = story(vec![
            ("dan", acts::rekeyed("log-2", "compromised")),
            ("ada", acts::stolen("dan", 6)),
        ]);
        ledger.log = vec!["log".to_owned()];
        ledger
    };
    let described = story(vec![
        ("dan", acts::captured("A thief's document.\n")),
        ("ada", acts::stolen("dan", 6)),
        ("bo", acts::described(6, acts::DESCRIPTION)),
    ]);
    let described = {
        let mut ledger = described;
        ledger.keep("A thief's document.\n");
        ledger
    };
    let mut released = sealed_struck();
    released.sign("bo", acts::released(6));
    let words = released.draft("bo", acts::corrected_as(6, 4, "wrong-date", &[], "null"));
    released.put(words);
    let mut undone = story(vec![
        ("ada", acts::asserted_sealed(4, "\"by-hand\"")),
        ("dan", acts::corrected_as(6, 4, "wrong-date", &[], "\"by-hand\"")),
        ("ada", acts::stolen("dan", 7)),
    ]);
    undone.sign("bo", acts::released(7));
    let twice = story(vec![
        ("dan", acts::confirmed(5)),
        ("ada", acts::stolen("dan", 6)),
        ("bo", acts::confirmed(5)),
        ("ada", acts::stolen("dan", 4)),
    ]);
    let tell =
        |name: &str, about, ledger: &Ledger| good(&format!("refold-{name}"), about, ledger.files());
    vec![
        tell(
            "stolen-key",
            "A stolen key's confirmation is struck, its fact suspect.",
            &stolen_key(),
        ),
        tell("set-aside", "What others did upon it is set aside.", &set_aside()),
        tell("cleared", "Another person confirms a suspect fact.", &cleared()),
        tell("struck-in-turn", "A thief suspects an admin and is suspected.", &struck_in_turn()),
        tell("dropped", "A suspicion by a key that the thief enrolled is dropped.", &dropped()),
        tell("recovery", "The recovery key enrols an admin and undoes the thief.", &recovery()),
        tell("left-then-stolen", "A key that left is found stolen later.", &left_then_stolen()),
        tell("lasting", "A thief's release and redaction stand.", &lasting),
        tell("two", "Two stolen keys, the second found after the first.", &two),
        tell("itself", "A key suspects itself.", &itself),
        tell("log-key", "A thief's log key is undone.", &log),
        tell("described", "Another person describes a suspect document.", &described),
        tell("sealed", "A struck correction is sealed still.", &sealed_struck()),
        tell("sealed-other", "Only the words before it are released.", &released),
        tell("sealed-released", "A struck correction is released.", &undone),
        tell("twice", "The same key is suspected again, from an earlier event.", &twice),
    ]
}
