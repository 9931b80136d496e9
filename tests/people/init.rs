//! `annals init` in a folder that is not empty: a ledger, or the remains of an interrupted init.

use crate::people::desk::Desk;
use std::fs;
use std::time::Duration;

const INIT: &str =
    "init --origin example.org/record --title Record --name Ada_Example --no-passphrase";

/// Every file here with its bytes.
fn files(desk: &Desk) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![desk.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push((path.clone(), fs::read(&path).unwrap())),
            }
        }
    }
    found.sort();
    found
}

/// The message of a refused init; nothing is changed.
fn refused(desk: &Desk) -> String {
    let before = files(desk);
    let (exit, told) = desk.refused(INIT);
    assert_eq!(exit, 2, "{told}");
    assert!(files(desk) == before, "{told}");
    told
}

#[test]
fn a_ledger_is_never_made_over() {
    let desk = Desk::founded();
    let told = "annals: ledger is there already; nothing was changed; it holds its first event \
                alone: go on with it; or, if its init was stopped before the recovery key was \
                shown, remove it and the keys that were made for it and say annals init again\n";
    assert_eq!(refused(&desk), told);
    desk.told("ledger change --title Another");
    let told = "annals: ledger is there already; nothing was changed\n";
    assert_eq!(refused(&desk), told);
}

#[test]
fn the_remains_of_a_stopped_init_are_reported_with_advice() {
    // Interrupted after the keys and before the ledger.
    let desk = Desk::founded();
    fs::remove_dir_all(desk.path("ledger")).unwrap();
    fs::remove_file(desk.path("keys/log.marks")).unwrap();
    let told = "annals: ./keys/log.key is there already; nothing was changed; there is no ledger at \
                ledger: an init that was stopped left the key, or it is that of a ledger \
                elsewhere; --keys names another folder, or, if nothing was ever signed with the \
                keys here, move them away and say annals init again\n";
    assert_eq!(refused(&desk), told);
    fs::rename(desk.path("keys"), desk.path("keys.away")).unwrap();
    desk.told(INIT);
    // Interrupted with a folder that is not yet a ledger.
    let desk = Desk::empty();
    fs::create_dir_all(desk.path("ledger/document")).unwrap();
    let told = "annals: ledger is there already; nothing was changed; it is no ledger: --ledger \
                names another folder, or, if an init that was stopped left it, remove it and say \
                annals init again\n";
    assert_eq!(refused(&desk), told);
    // Interrupted with a ledger that has no event yet.
    let desk = Desk::founded();
    for name in ["ledger/checkpoint", "keys/log.marks"] {
        fs::remove_file(desk.path(name)).unwrap();
    }
    fs::write(desk.path("ledger/journal/00000000000000000000.log"), "").unwrap();
    let told = "annals: ledger is there already; nothing was changed; it holds no event, and \
                nothing was signed: if an init that was stopped left it, remove it and the keys \
                that were made for it and say annals init again\n";
    assert_eq!(refused(&desk), told);
}

#[test]
fn whenever_an_init_is_stopped_the_next_one_leads_on() {
    for delay in (0..10).map(|step| Duration::from_millis(4 * step)) {
        let desk = Desk::empty();
        let mut command = desk.command(INIT, &[]);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(delay);
        child.kill().unwrap();
        child.wait().unwrap();
        let again = desk.run(INIT);
        if again.exit == 0 {
            continue;
        }
        // A recorded event can be continued: its keys exist too.
        if again.err.contains("it holds its first event alone: go on with it") {
            desk.told("ledger change --title Another");
            assert_eq!(desk.run("verify").exit, 0);
            continue;
        }
        // Otherwise everything there may be removed.
        let leads = ["annals init again", "or move it away"];
        assert!(leads.iter().any(|it| again.err.contains(it)), "{delay:?}: {}", again.err);
        for name in ["ledger", "keys"] {
            if desk.path(name).exists() {
                fs::rename(desk.path(name), desk.path(&format!("{name}.away"))).unwrap();
            }
        }
        desk.told(INIT);
    }
}

/// Git changes line endings of text on some systems, and every byte of a record counts.
#[test]
fn a_ledger_says_to_git_that_it_is_no_text() {
    let desk = Desk::founded();
    assert_eq!(fs::read_to_string(desk.path("ledger/.gitattributes")).unwrap(), "* -text\n");
    // The lines that somebody wrote there stay.
    fs::write(desk.path("ledger/.gitattributes"), "mine\n").unwrap();
    desk.told("ledger change --title Another");
    assert_eq!(fs::read_to_string(desk.path("ledger/.gitattributes")).unwrap(), "mine\n");
}

/// What is wrong with the values is wrong at every place, and is reported first, all of it.
#[test]
fn values_that_are_not_in_form_come_before_the_place() {
    let desk = Desk::founded();
    let origin = "annals: --origin: expected ";
    for place in ["", " --keys keys --ledger other", " --ledger keys/new"] {
        let (exit, told) = desk.refused(&format!("init --origin a_b --title T --name N{place}"));
        assert!(exit == 2 && told.starts_with(origin), "{place}: {told}");
        assert!(!told.contains("there already"), "{told}");
    }
    let all = "init --origin a_b --title \u{200b} --name \u{200b} --licence \u{200b}";
    let (exit, told) = desk.refused(all);
    let options = ["--origin: ", "; --title: ", "; --name: ", "; --licence: "];
    let at: Vec<Option<usize>> = options.iter().map(|option| told.find(option)).collect();
    assert!(exit == 2 && at.is_sorted() && at.iter().all(Option::is_some), "{told}");
}
