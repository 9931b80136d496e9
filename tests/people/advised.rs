//! What a verdict advises: what can be done where the record is kept, and by whom.

use crate::people::desk::Desk;
use std::fs;

/// The exit code, and the lines of advice.
fn advice(desk: &Desk, line: &str) -> (i32, Vec<String>) {
    let answer = desk.run(line);
    let lines = answer.out.lines().filter_map(|line| line.strip_prefix("what to do: "));
    (answer.exit, lines.map(str::to_owned).collect())
}

fn copied(desk: &Desk, from: &str, to: &str) {
    let mut copy = std::process::Command::new("cp");
    let done = copy.arg("-a").args([desk.path(from), desk.path(to)]).status().unwrap();
    assert!(done.success());
}

fn edit(desk: &Desk, folder: &str) {
    let journal = format!("{folder}/journal/00000000000000000000.log");
    fs::write(desk.path(&journal), desk.read(&journal).replacen("Record", "Racord", 1)).unwrap();
}

#[test]
fn nothing_repairs_a_bag_and_nobody_signs_in_a_copy() {
    let desk = Desk::founded();
    desk.told("publish pub");
    desk.told("export --to bag");
    desk.told("clone pub copy");
    let bag = "take another copy of the bag, or make a new one of the ledger with annals export: a \
               bag is not repaired";
    copied(&desk, "bag", "other");
    edit(&desk, "bag/data/ledger");
    assert_eq!(advice(&desk, "verify bag"), (1, vec![bag.to_owned()]));
    fs::remove_file(desk.path("other/data/ledger/checkpoint")).unwrap();
    assert_eq!(advice(&desk, "verify other").1, [bag]);
    copied(&desk, "copy", "changed");
    edit(&desk, "changed");
    let again = "annals --ledger changed repair builds a damaged journal from the store, if that is whole; \
                 otherwise annals clone makes the copy again";
    assert_eq!(advice(&desk, "verify changed"), (1, vec![again.to_owned()]));
    fs::remove_file(desk.path("copy/checkpoint")).unwrap();
    let pull = "annals --ledger copy pull brings documents and the checkpoint again";
    assert_eq!(advice(&desk, "verify copy"), (1, vec![pull.to_owned()]));
    desk.told("pull --ledger copy");
    assert_eq!(desk.run("verify copy").exit, 0);
}

/// A message of the record names the places that the command named, and no others.
#[test]
fn an_advised_command_names_the_ledger_and_the_keys_that_the_command_named() {
    let desk = Desk::with_bo();
    let confirm = "confirm 9 --how reread --by bo";
    for (places, named) in [
        ("", ""),
        (" --ledger ledger", " --ledger ledger"),
        (" --ledger ledger --keys keys", " --ledger ledger --keys keys"),
    ] {
        let (exit, why) = desk.refused(&format!("{confirm}{places}"));
        let expected = format!(
            "annals: one draft is refused; nothing was written\n  fact: 9 is no fact; \
             annals{named} replay lists them\n"
        );
        assert_eq!((exit, why), (1, expected));
    }
    let answer = desk.run(&format!("{confirm} --ledger ledger --format json"));
    let hint = "\"hint\":\"annals --ledger ledger replay lists them\"";
    assert!(answer.err.contains(hint), "{}", answer.err);
}

/// A verdict names the ledger that was verified, whichever way it was named, in every form.
#[test]
fn a_verdict_advises_about_the_ledger_that_it_is_of() {
    let desk = Desk::founded();
    fs::create_dir(desk.path("rp")).unwrap();
    copied(&desk, "ledger", "rp/ledger");
    edit(&desk, "ledger");
    edit(&desk, "rp/ledger");
    let repair = |places: &str| {
        format!(
            "annals{places} repair builds a damaged journal from the store, if that is whole; \
             annals{places} repair --from COPY takes it from another copy"
        )
    };
    for (line, places) in [
        ("verify", ""),
        ("verify --ledger rp/ledger", " --ledger rp/ledger"),
        ("verify rp/ledger", " --ledger rp/ledger"),
        ("verify rp/ledger --ledger ledger --keys keys", " --ledger rp/ledger --keys keys"),
    ] {
        assert_eq!(advice(&desk, line), (1, vec![repair(places)]), "{line}");
    }
    let html = desk.run("verify rp/ledger --html page.html --format json");
    for text in [html.out, desk.read("page.html")] {
        assert!(text.contains(&repair(" --ledger rp/ledger")), "{text}");
    }
}
