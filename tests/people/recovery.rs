//! The recovery key: from the paper, never an argument, for two acts only.

use crate::people::desk::Desk;

const PAPER: [(&str, &str); 1] = [("ANNALS_RECOVERY_FILE", "paper")];

/// After init; Ada's key is stolen and lost; Dee requests enrolment.
fn lost() -> Desk {
    let desk = Desk::founded();
    desk.told("ledger change --title Stolen");
    desk.told("key new dee --name Dee_Dorn --no-passphrase");
    std::fs::remove_file(desk.path("keys/ada.key")).unwrap();
    desk
}

#[test]
fn it_enrols_an_admin_and_undoes_the_stolen_key() {
    let desk = lost();
    let answer = desk.run_with("editor add keys/dee.request --role admin --recovery", &PAPER);
    assert_eq!((answer.exit, answer.err.as_str()), (0, ""));
    let revoke = "editor revoke ada --reason compromised --statement stolen --recovery";
    let needs = "note: the recovery key revokes only with --suspect-from: name the first event \
                 that counts no more; head is the last one\n\
                 annals: editor.revoked is refused: rule 408 suspect-from: the recovery key \
                 revokes only with suspect_from; nothing was written\n";
    assert_eq!(desk.refused_with(revoke, &PAPER), (1, needs.to_owned()));
    let now = "annals: --suspect-from: expected a point with an event at it or after it, found \
               \"now\"; the last event is 2, so nothing is suspect from there on: name the first \
               event that counts no more; head is the last one\n";
    let line = format!("{revoke} --suspect-from now");
    assert_eq!(desk.refused_with(&line, &PAPER), (2, now.to_owned()));
    let answer = desk.run_with(&format!("{revoke} --suspect-from 1"), &PAPER);
    assert!(answer.out.ends_with("compromised, suspect from 1\nstruck: 1\n"), "{}", answer.out);
    assert_eq!(desk.whole(), 4);
    let list = desk.told("editor list");
    assert!(list.contains("enrolled by 2, 2027-03-01 08:03Z, recovery key\n"), "{list}");
    // The title that the thief gave is undone with the rest.
    assert!(desk.told("status").contains("title         Record\n"));
    desk.told("ledger change --title Ours");
}

#[test]
fn another_record_s_paper_is_refused() {
    let desk = lost();
    let paper = annals::keys::write_recovery(&annals_core::key::SecretKey::from_seed([9; 32]));
    std::fs::write(desk.path("paper"), paper.as_bytes()).unwrap();
    let why = "annals: expected the recovery key of this record, found the one of another; compare \
               the paper with the ledger\n";
    let add = "editor add keys/dee.request --role admin --recovery";
    assert_eq!(desk.refused_with(add, &PAPER), (2, why.to_owned()));
}

#[test]
fn a_slip_names_its_line() {
    let desk = lost();
    let paper = desk.read("paper");
    let third = paper.lines().nth(3).unwrap();
    let slipped = match third.starts_with('0') {
        true => third.replacen('0', "1", 1),
        false => format!("0{}", &third[1..]),
    };
    std::fs::write(desk.path("paper"), paper.replace(third, &slipped)).unwrap();
    let why = "annals: expected every line of the recovery key to match its last group, found a \
               slip in line 3 (likely group 1); compare with the paper\n";
    let add = "editor add keys/dee.request --role admin --recovery";
    assert_eq!(desk.refused_with(add, &PAPER), (2, why.to_owned()));
    std::fs::write(desk.path("paper"), "my mother's maiden name").unwrap();
    let why = "annals: expected `annals-recovery-1` at the beginning, found something else; type \
               the text as it stands on the paper\n";
    assert_eq!(desk.refused_with(add, &PAPER), (2, why.to_owned()));
}

#[test]
fn it_is_typed_or_in_a_file_and_never_an_argument() {
    let desk = lost();
    let add = "editor add keys/dee.request --role admin --recovery";
    let why = "annals: --recovery: expected somebody to type the recovery key, found no terminal; \
               name a file that holds it in ANNALS_RECOVERY_FILE\n";
    assert_eq!(desk.refused(add), (2, why.to_owned()));
    let (exit, why) = desk.refused_with(add, &[("ANNALS_RECOVERY_FILE", "nowhere")]);
    assert_eq!(exit, 2);
    assert!(why.starts_with("annals: ANNALS_RECOVERY_FILE nowhere: "), "{why}");
    assert_eq!(desk.refused(&format!("{add}=2bac")).0, 2);
}

/// Who has no key that may sign is told of the recovery key, and nobody else.
#[test]
fn it_is_named_where_no_key_is_here() {
    let desk = lost();
    let note = "note: no key here may sign; where every admin's key is lost, --recovery signs with \
                the recovery key of the record\n";
    let (exit, told) = desk.refused("editor add keys/dee.request --role admin");
    assert!(exit == 2 && told.starts_with(note), "{told}");
    let (exit, told) = desk.refused("editor revoke ada --reason lost --statement gone");
    assert!(exit == 2 && told.starts_with(note), "{told}");
    let (exit, told) = desk.refused("editor add keys/dee.request --role admin --by nobody");
    assert!(exit == 2 && told.starts_with(note), "{told}");
    let desk = Desk::with_bo();
    desk.told("key new cy --name Cy --no-passphrase");
    let (_, told) = desk.refused("editor add keys/cy.request --role editor --by adda");
    assert!(!told.contains("--recovery"), "{told}");
    let added = desk.run_with("editor add keys/cy.request --role editor", &[]);
    assert_eq!((added.exit, added.err.as_str()), (0, ""));
}
