//! Vectors of rules 401–411: who may sign, and the changes of keys.

use super::{Case, bad, last};
use crate::support::acts::{ADMIN, BOTH, EDITOR, Opening};
use crate::support::{Act, Ledger, acts, keys};

/// The newsroom with one act more.
fn after(by: &str, act: Act) -> Ledger {
    let mut ledger = Ledger::newsroom();
    ledger.sign(by, act);
    ledger
}

/// The newsroom with more acts.
fn story(acts: Vec<(&str, Act)>) -> Ledger {
    let mut ledger = Ledger::newsroom();
    for (by, act) in acts {
        ledger.sign(by, act);
    }
    ledger
}

pub fn cases() -> Vec<Case> {
    let mut out = openings();
    out.extend(signers());
    out.extend(keys_and_admins());
    out.extend(suspicions());
    let mut possession = acts::rekeyed("log-2", "rotated");
    possession.args = acts::rekeyed("log-3", "rotated").args.replacen(
        &keys::key("log-3"),
        &keys::key("log-2"),
        1,
    );
    out.push(last(
        "410-log-possession",
        "Another key proves possession.",
        &after("ada", possession),
    ));
    let editor = keys::possession("editor", acts::ORIGIN, "log-2", acts::ORIGIN);
    let log = keys::possession("log", acts::ORIGIN, "log-2", acts::ORIGIN);
    let mut kind = acts::rekeyed("log-2", "rotated");
    kind.args = kind.args.replacen(&log, &editor, 1);
    out.push(last(
        "410-log-possession-kind",
        "Possession is that of an editor.",
        &after("ada", kind),
    ));
    let upgrades = |all: &[u64]| {
        let all = all.iter().map(|v| ("ada", acts::upgraded(*v))).collect();
        story(all)
    };
    out.push(last("411-upgrade", "An upgrade to the same format.", &upgrades(&[2, 2])));
    out.push(last("411-upgrade-lower", "An upgrade to a lower format.", &upgrades(&[3, 2])));
    out.push(last("411-upgrade-one", "An upgrade to format 1.", &upgrades(&[1])));
    out
}

fn openings() -> Vec<Case> {
    let mut other = Ledger::empty();
    other.sign("ada", acts::retimed());
    let mut late = Ledger::empty();
    late.expected = 1;
    late.put(late.draft("ada", acts::opened(&Opening::default())).with(|d| {
        d.base = 0;
        d.after = None;
    }));
    let opening = Opening { founder: "ada", log: "ada", ..Opening::default() };
    let founder = Ledger::opened_as(&Opening { recovery: Some("ada"), ..Opening::default() });
    let log = Ledger::opened_as(&Opening { recovery: Some("log"), ..Opening::default() });
    vec![
        bad(
            "401-opening-other",
            "Event 0 is no opening, so no log key is known either.",
            other.files(),
            &[(703, -1), (401, 0)],
        ),
        bad(
            "401-opening-late",
            "The opening stands at position 1.",
            late.files(),
            &[(703, -1), (201, 1), (203, 1), (401, 1)],
        ),
        last(
            "401-opening-twice",
            "A second opening.",
            &after("ada", acts::opened(&Opening::default())),
        ),
        bad(
            "405-key-enrolled-once-opening",
            "Log key and founder's key are one, so nothing is opened.",
            Ledger::opened_as(&opening).files(),
            &[(703, -1), (405, 0)],
        ),
        bad(
            "405-key-enrolled-once-founder-recovery",
            "The founder's key is the recovery key.",
            founder.files(),
            &[(703, -1), (405, 0)],
        ),
        bad(
            "405-key-enrolled-once-log-recovery",
            "The log key is the recovery key.",
            log.files(),
            &[(703, -1), (405, 0)],
        ),
    ]
}

fn signers() -> Vec<Case> {
    let left = story(vec![("ada", acts::left("bo")), ("bo", acts::confirmed(5))]);
    let admin = {
        let mut ledger = Ledger::opened_as(&Opening { roles: ADMIN, ..Opening::default() });
        ledger.capture("ada", crate::support::texts::TEXT, "null");
        ledger
    };
    vec![
        last("402-signer-unknown", "Eve was never enrolled.", &after("eve", acts::confirmed(5))),
        last(
            "402-signer-unknown-recovery",
            "The recovery key may not change the ledger.",
            &after("recovery", acts::changed(2)),
        ),
        last(
            "402-signer-unknown-log",
            "The log key is no editor.",
            &after("log", acts::confirmed(5)),
        ),
        last("403-signer-revoked", "Bo left and signs.", &left),
        last("404-signer-role", "An editor changes the ledger.", &after("bo", acts::changed(2))),
        last("404-signer-role-admin", "An admin who is no editor captures.", &admin),
        last("404-signer-role-redact", "An editor redacts.", &after("bo", acts::redacted(5))),
        last(
            "404-signer-role-release",
            "An admin who is no editor may not release.",
            &story(vec![("ada", acts::roles("dan", ADMIN)), ("dan", acts::released(5))]),
        ),
    ]
}

fn keys_and_admins() -> Vec<Case> {
    let once = |name: &str, about, ledger: &Ledger| {
        last(&format!("405-key-enrolled-once-{name}"), about, ledger)
    };
    let again = story(vec![("ada", acts::left("bo")), ("ada", acts::enrolled("bo", EDITOR))]);
    let undone = story(vec![
        ("dan", acts::enrolled("eve", EDITOR)),
        ("ada", acts::stolen("dan", 6)),
        ("ada", acts::enrolled("eve", EDITOR)),
    ]);
    let old = story(vec![
        ("ada", acts::rekeyed("log-2", "compromised")),
        ("ada", acts::enrolled("log", EDITOR)),
    ]);
    let mut rekeyed = Ledger::newsroom();
    rekeyed.sign("ada", acts::rekeyed("bo", "rotated"));
    let gone = story(vec![("ada", acts::left("bo")), ("ada", acts::roles("bo", BOTH))]);
    let twice = story(vec![("ada", acts::left("bo")), ("dan", acts::left("bo"))]);
    let alone = |act: Act| {
        let mut ledger = Ledger::opened();
        ledger.sign("ada", acts::enrolled("bo", EDITOR));
        ledger.sign("ada", act);
        ledger
    };
    let old_files = |ledger: &Ledger| {
        let mut ledger = ledger.clone();
        ledger.log = vec!["log-2".to_owned()];
        ledger
    };
    vec![
        once("again", "A key that left is enrolled again.", &again),
        once("log", "The log key is enrolled.", &after("ada", acts::enrolled("log", EDITOR))),
        once("old-log", "The log key before is enrolled.", &old_files(&old)),
        once(
            "recovery",
            "The recovery key is enrolled.",
            &after("ada", acts::enrolled("recovery", BOTH)),
        ),
        once("founder", "The founder is enrolled.", &after("dan", acts::enrolled("ada", BOTH))),
        once("undone", "A key whose enrolment was undone is enrolled again.", &undone),
        once("rekeyed", "An editor's key becomes log key.", &rekeyed),
        last("406-last-admin", "The last admin leaves.", &alone(acts::left("ada"))),
        last(
            "406-last-admin-role",
            "The last admin gives the role up.",
            &alone(acts::roles("ada", EDITOR)),
        ),
        last(
            "407-key-named",
            "The roles of a key that is not enrolled.",
            &after("ada", acts::roles("eve", BOTH)),
        ),
        last("407-key-named-revoked", "The roles of a key that left.", &gone),
        last("407-key-named-twice", "A key that left leaves again.", &twice),
        last(
            "407-key-named-suspect",
            "A key that was never enrolled is suspected.",
            &after("ada", acts::stolen("eve", 3)),
        ),
    ]
}

fn suspicions() -> Vec<Case> {
    let mut alone = Ledger::opened();
    alone.sign("ada", acts::changed(2));
    alone.sign("ada", acts::stolen("ada", 1));
    let role = story(vec![("ada", acts::roles("bo", BOTH)), ("bo", acts::stolen("ada", 6))]);
    vec![
        last(
            "408-suspect-from-reason",
            "Who left is not suspect.",
            &after("ada", acts::revoked("bo", "left", Some(3))),
        ),
        last(
            "408-suspect-from-recovery",
            "The recovery key revokes only with suspect_from.",
            &after("recovery", acts::revoked("bo", "lost", None)),
        ),
        last(
            "408-suspect-from-signer",
            "Dan undoes his own enrolment by Ada.",
            &after("dan", acts::stolen("ada", 3)),
        ),
        last(
            "407-key-named-undone",
            "A key whose enrolment was undone is suspected.",
            &story(vec![
                ("dan", acts::enrolled("eve", EDITOR)),
                ("ada", acts::stolen("dan", 6)),
                ("ada", acts::stolen("eve", 7)),
            ]),
        ),
        last("408-suspect-from-role", "Bo undoes what made him admin.", &role),
        last("408-suspect-from-admin", "The only admin suspects her own key.", &alone),
    ]
}
