//! `annals ledger`: the ledger's own settings, its log key, its clock.

use crate::people::desk::Desk;

#[test]
fn title_and_rules_change_and_the_rest_is_kept() {
    let desk = Desk::founded();
    let told = desk.told("ledger change --confirmations 2 --corrections-policy By_new_events.");
    let expected = "written at 1\nhead <64>, 2 events\n\
                    corrections policy: By new events.\n\
                    confirmations: 2, before 1\n";
    assert_eq!(told, expected);
    let told = desk.told("ledger change --title Another_record --licence CC0-1.0");
    let expected = "title: Another record, before Record\nlicence: CC0-1.0, before CC-BY-4.0\n";
    assert!(told.ends_with(expected), "{told}");
    let status: serde_json::Value =
        serde_json::from_str(&desk.told("status --format json")).unwrap();
    assert_eq!(
        (&status["title"], &status["licence"]),
        (&"Another record".into(), &"CC0-1.0".into())
    );
    assert_eq!(status["confirmations_needed"], 2);
    let journal = desk.read("ledger/journal/00000000000000000000.log");
    assert_eq!(journal.matches("By new events.").count(), 2);
    let nothing = "annals: nothing would change; say what does with --title, --licence, \
                   --confirmations or --corrections-policy\n";
    desk.told("key new bo --name Bo_Berg --no-passphrase");
    assert_eq!(desk.refused("ledger change --confirmations 2 --by bo"), (2, nothing.to_owned()));
    // An empty policy removes it.
    let mut command = desk.command("ledger change --corrections-policy", &[]);
    assert!(command.arg("").output().unwrap().status.success());
    assert_eq!(desk.whole(), 4);
}

#[test]
fn who_is_no_admin_changes_nothing() {
    let desk = Desk::with_bo();
    for (line, kind) in [
        ("ledger change --title New --by bo", "ledger.changed"),
        ("ledger rekey --reason rotated --statement x --by bo", "ledger.rekeyed"),
    ] {
        let why = format!(
            "annals: {kind} is refused: rule 404 signer-role: {kind} needs the role admin, which \
             the key <64> has not; nothing was written\n"
        );
        assert_eq!(desk.refused(line), (1, why));
    }
}

/// The number of signature lines of the checkpoint.
fn signatures(desk: &Desk) -> usize {
    desk.read("ledger/checkpoint").matches("— example.org/record ").count()
}

/// The names of the log key's files, each key's digits as `*`.
fn log_files(desk: &Desk) -> Vec<String> {
    let names = std::fs::read_dir(desk.path("keys")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.starts_with("log")).collect();
    names.iter_mut().for_each(|name| {
        if let Some(rest) = name.strip_prefix("log-") {
            *name = format!("log-*{}", &rest[16..]);
        }
    });
    names.sort();
    names
}

#[test]
fn a_rotated_log_key_signs_beside_the_new_one_until_the_next() {
    let desk = Desk::founded();
    let first = desk.read("keys/log.pub");
    let answer = desk.run("ledger rekey --reason rotated --statement a_year_has_passed");
    let told = "written at 1\nhead <64>, 2 events\n\
                log key <64>, before <64>\n\
                both sign each checkpoint until the next rekeying, so that who knows the old one \
                can go on to the new one\n";
    assert_eq!((answer.exit, answer.out.as_str()), (0, told));
    let note = "note: ~/keys/log.key is the new log key; the one before is kept beside it; keep a \
                copy of both\n";
    assert_eq!(answer.err, note);
    assert_ne!(desk.read("keys/log.pub"), first);
    let files = ["log-*.key", "log-*.pub", "log.key", "log.lock", "log.marks", "log.pub"];
    assert_eq!(log_files(&desk), files);
    assert_eq!((signatures(&desk), desk.whole()), (2, 2));
    desk.told("ledger change --title New");
    assert_eq!((signatures(&desk), desk.whole()), (2, 3));
    // After a theft the earlier key signs nothing any more.
    let told = desk.told("ledger rekey --reason compromised --statement the_server_was_open");
    let alone = "the old key no longer signs; publish the new key through another channel\n";
    assert!(told.ends_with(alone), "{told}");
    assert_eq!((signatures(&desk), desk.whole()), (1, 4));
    desk.told("ledger change --title Newer");
    assert_eq!((signatures(&desk), desk.whole()), (1, 5));
    assert_eq!(log_files(&desk).len(), 8);
}

#[test]
fn a_rekeying_whose_receipt_was_lost_is_not_done_twice() {
    let desk = Desk::founded();
    let rekey = "ledger rekey --reason rotated --statement a_year_has_passed";
    desk.told(rekey);
    let (key, files) = (desk.read("keys/log.pub"), log_files(&desk));
    // The same command again, as after a lost receipt.
    let note = "note: the last event made a new log key in these words; --again makes another \
                one\n";
    let answer = desk.run(rekey);
    let found = (answer.exit, answer.out.as_str(), answer.err.as_str());
    assert_eq!(found, (0, "already at 1\n", note));
    assert_eq!((desk.read("keys/log.pub"), log_files(&desk)), (key.clone(), files));
    assert_eq!(desk.whole(), 2);
    // On request, with another statement, or after another event there is another key.
    assert!(desk.told(&format!("{rekey} --again")).starts_with("written at 2\n"));
    let other = "ledger rekey --reason rotated --statement two_years_have_passed";
    assert!(desk.told(other).starts_with("written at 3\n"));
    desk.told("ledger change --title New");
    assert!(desk.told(other).starts_with("written at 5\n"));
    assert_ne!(desk.read("keys/log.pub"), key);
    // If the new key is lost in turn, another one is needed.
    let lost = "ledger rekey --reason compromised --statement the_disk_broke";
    assert!(desk.told(lost).starts_with("written at 6\n"));
    std::fs::remove_file(desk.path("keys/log.key")).unwrap();
    assert!(desk.told(lost).starts_with("written at 7\n"));
    assert_eq!(desk.whole(), 8);
}

#[test]
fn without_a_log_key_nothing_is_written_but_a_new_one() {
    let desk = Desk::founded();
    std::fs::remove_file(desk.path("keys/log.key")).unwrap();
    let why = "annals: expected the log key <64> in ~/keys, which is not there; without it no \
               checkpoint can be signed, so nothing is written: put back a copy, or let an admin \
               say annals ledger rekey --reason compromised\n";
    assert_eq!(desk.refused("ledger change --title New"), (2, why.to_owned()));
    let (exit, why) = desk.refused("ledger rekey --reason rotated --statement lost");
    assert_eq!(exit, 2);
    assert!(why.contains("put back a copy, or say --reason compromised"), "{why}");
    let answer = desk.run("ledger rekey --reason compromised --statement the_disk_broke");
    let note = "note: ~/keys/log.key is the new log key; keep a copy of it\n";
    assert_eq!((answer.exit, answer.err.as_str()), (0, note));
    assert_eq!(desk.whole(), 2);
    desk.told("ledger change --title New");
    assert_eq!(desk.whole(), 3);
}

#[test]
fn an_interrupted_change_of_log_keys_is_finished_by_the_next_writer() {
    let desk = Desk::founded();
    desk.told("ledger rekey --reason rotated --statement a_year_has_passed");
    // As after a power cut between two renames: each key is in a file with its own name.
    let folder = annals::keys::KeyFolder::open(desk.path("keys")).unwrap();
    let digits = folder.log().unwrap().public().to_string()[..16].to_owned();
    for ending in ["key", "pub"] {
        let own = desk.path(&format!("keys/log-{digits}.{ending}"));
        std::fs::rename(desk.path(&format!("keys/log.{ending}")), own).unwrap();
    }
    let answer = desk.run("ledger change --title New");
    assert_eq!(answer.err, "note: the files of the log keys were given their names\n");
    let files = ["log-*.key", "log-*.pub", "log.key", "log.lock", "log.marks", "log.pub"];
    assert_eq!(log_files(&desk), files);
    assert_eq!((signatures(&desk), desk.whole()), (2, 3));
}

#[test]
fn a_clock_that_ran_ahead_is_mended() {
    let desk = Desk::founded();
    let nothing = "annals: expected a clock that is behind the last event's time, \
                   2027-03-01T08:00:00.000000Z; the clock says 2027-03-01T08:01:00.000000Z: there \
                   is nothing to mend\n";
    let retime = "ledger retime --statement the_clock_was_a_year_ahead";
    assert_eq!(desk.refused(retime), (2, nothing.to_owned()));
    desk.at("2028-03-01T09:00:00Z");
    desk.told("ledger change --title Ahead --clock-is-right");
    desk.at("2027-03-01T09:00:00Z");
    let far = "annals: expected a time after the last event's, 2028-03-01T09:00:00.000000Z; the \
               clock says 2027-03-01T09:00:00.000000Z, 366.0 days earlier; if the clock was \
               ahead before, annals ledger retime mends it; if the clock is right, say \
               --clock-is-right\n";
    assert_eq!(desk.refused("ledger change --title Later"), (2, far.to_owned()));
    let told = desk.told(retime);
    let ends = "the record's time goes on from the clock's; it was 2028-03-01T09:00:00.000000Z\n";
    assert!(told.ends_with(ends), "{told}");
    assert_eq!(desk.whole(), 3);
    desk.at("2027-03-01T09:05:00Z");
    desk.told("ledger change --title Later");
    assert_eq!(desk.whole(), 4);
    // Events written ahead keep their time; by the corrected clock they have the corrected one.
    let as_of = desk.told("editor list --as-of 2027-03-01T09:00");
    assert!(as_of.contains("as of position 0 (1 of 4 events)"), "{as_of}");
    let as_of = desk.told("editor list --as-of 2027-03-01T09:00 --clock corrected");
    assert!(as_of.contains("as of position 2 (3 of 4 events)"), "{as_of}");
}

#[test]
fn a_clock_before_the_record_needs_clock_is_right() {
    let desk = Desk::founded();
    desk.at("1970-01-01T00:00:10Z");
    let why = "annals: expected a time after event 0's, 2027-03-01T08:00:00.000000Z; the clock \
               says 1970-01-01T00:00:10.000000Z; if the clock is right, say --clock-is-right\n";
    let retime = "ledger retime --statement the_founding_was_ahead";
    assert_eq!(desk.refused(retime), (2, why.to_owned()));
    desk.told(&format!("{retime} --clock-is-right"));
    assert_eq!(desk.whole(), 2);
}

#[test]
fn of_the_confirmations_that_are_asked_for_it_is_said_how_many_there_are() {
    let desk = Desk::with_bo();
    std::fs::write(desk.path("note.txt"), "Two met on Monday.").unwrap();
    desk.told("document add note.txt --title A_note --lang en --by ada");
    desk.told("append --claim Two_met. --quote Two_met_on_Monday --by ada");
    desk.told("confirm 3 --how reread --by bo");
    let shown = desk.told("show 3");
    assert!(shown.starts_with("fact 3: confirmed\n"), "{shown}");
    assert!(shown.contains("\n\nconfirmations\n    4: "), "{shown}");
    // It waits for nobody else; a range means what waits.
    desk.told("key new cem --name Cem_Cole --no-passphrase");
    desk.told("editor add keys/cem.request --role editor --by ada");
    let (exit, why) = desk.refused("confirm 3-3 --how reread --by cem");
    let none = "no fact of these waits for Cem Cole; nothing was written\n";
    assert!(exit == 1 && why.ends_with(none), "{why}");
    desk.told("ledger change --confirmations 2 --by ada");
    let shown = desk.told("show 3");
    assert!(shown.starts_with("fact 3: asserted\n"), "{shown}");
    assert!(shown.contains("\n\nconfirmations: 1 of 2\n    4: "), "{shown}");
    desk.told("prove 3 -o 3.proof");
    let verdict = desk.run("verify 3.proof").out;
    let expected = "fact 3: asserted, 1 of 2 confirmations, by the acts in this file";
    assert!(verdict.starts_with(expected), "{verdict}");
    assert!(verdict.contains("; by the acts here it is asserted, 1 of 2 confirmations"));
}

/// The policy beside the keys trusts the log key that signs now, not the stolen one.
#[test]
fn the_policy_follows_the_log_key() {
    let desk = Desk::founded();
    let made = desk.told("witness new w --name one.example/w");
    desk.told(&format!("witness add one {} http://127.0.0.1:9/ --quorum none", made.trim()));
    let logs = || -> Vec<String> {
        let policy = desk.read("keys/policy");
        policy.lines().filter(|line| line.starts_with("log ")).map(str::to_owned).collect()
    };
    let now = || {
        let listed = desk.run("witness list").err;
        let key = listed.lines().find_map(|line| line.split(", for monitors: ").nth(1));
        format!("log {}", key.unwrap().trim())
    };
    let first = logs();
    for reason in ["rotated", "rotated", "compromised"] {
        let rekeyed = desk.run(&format!("ledger rekey --reason {reason} --statement New. --again"));
        assert_eq!(rekeyed.exit, 0, "{}", rekeyed.err);
        let note = "note: keys/policy names the new log key now; who verifies by a policy \
                    elsewhere needs it too, and each witness (annals help auditor)\n";
        assert!(rekeyed.err.contains(note), "{}", rekeyed.err);
        assert_eq!(desk.run("verify").exit, 0, "{reason}");
    }
    // Those that signed beside a later one stay.
    assert_eq!(logs().len(), 3);
    assert_eq!(logs()[0], first[0]);
    // A policy of before is given the present one where a witness is added or removed.
    let others = desk
        .read("keys/policy")
        .lines()
        .filter(|line| !line.starts_with("log "))
        .fold(format!("{}\n", first[0]), |policy, line| format!("{policy}{line}\n"));
    std::fs::write(desk.path("keys/policy"), others).unwrap();
    let verified = desk.run("verify");
    assert_eq!(verified.exit, 5, "{}", verified.out);
    let advice = "what to do: the policy names none of the log keys that sign now: compare the \
                  record's, which annals witness list prints, with the one that you know by \
                  another way, and put it into the policy\n";
    assert!(verified.out.contains(advice), "{}", verified.out);
    assert!(!verified.out.contains("collect"), "{}", verified.out);
    desk.told("witness remove one");
    assert_eq!(desk.run("verify").exit, 0);
    assert_eq!(logs().len(), 2);
    assert_eq!(logs()[1], now());
}
