//! The story: a fact of Ada's, confirmed by Bo, corrected by Cy, disputed by Bo; proved to an
//! auditor with a pin, a policy, a log key, or nothing.

use crate::support::files::{CHECKPOINT, Files};
use crate::support::proof::{cosignature, path, verifier_key};
use crate::support::{Ledger, acts};
use annals_core::event::record;
use annals_core::merkle::Inclusion;
use annals_core::tlog::Checkpoint;
use annals_core::tlog::proof::TlogProof;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

pub struct Desk {
    pub folder: TempDir,
}

pub struct Answer {
    pub out: String,
    pub err: String,
    pub exit: i32,
}

impl Desk {
    /// The files of a ledger on disk, and nothing else.
    pub fn of(files: &Files) -> Desk {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, bytes) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, bytes).expect("written");
        }
        Desk { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).expect("written");
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("read")
    }

    /// Runs the program in the folder.
    pub fn run(&self, args: &str) -> Answer {
        let output = Command::new(env!("CARGO_BIN_EXE_annals"))
            .args(args.split(' '))
            .current_dir(&self.folder)
            .env_remove("ANNALS_LEDGER")
            .env_remove("ANNALS_KEYS")
            .output()
            .expect("the program runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let exit = output.status.code().expect("an exit code");
        Answer { out: text(output.stdout), err: text(output.stderr), exit }
    }
}

/// 0–5 the newsroom, 6 confirmed by Bo, 7 another fact, 8 corrected by Cy, 9 disputed by Bo.
pub fn ledger() -> Ledger {
    let mut ledger = Ledger::newsroom();
    ledger.sign("bo", acts::confirmed(5));
    ledger.sign("ada", acts::asserted(4));
    ledger.sign("cy", acts::corrected(5, 4, &[]));
    ledger.sign("bo", acts::disputed(8));
    ledger
}

fn log_key() -> String {
    verifier_key(acts::ORIGIN, 1, "log")
}

const YES: &str = "yes: the fact is in the signed record; by the acts here it is disputed (event 9), \
                   corrected once\n";
const UNTRUSTED: &str = "could not trust: it holds by itself, and what was asked for beside it is \
                         missing; by the acts here it is disputed (event 9), corrected once\n";

#[test]
fn a_proof_with_a_known_log_key_shows_the_fact_its_acts_and_its_signers() {
    let desk = Desk::of(&ledger().files());
    let made = desk.run("prove 5 -o 5.proof --with-documents");
    assert_eq!((made.out.as_str(), made.exit), ("", 0), "{}", made.err);
    assert_eq!(
        made.err,
        "fact 5 in the record of size 10: 8 events, 9177 bytes\n\
         fact 5: disputed (event 9), corrected once, as of size 10; there may be later acts\n\
         left out: nothing\n"
    );
    // The file alone is enough.
    std::fs::remove_dir_all(desk.path("ledger")).expect("removed");
    let answer = desk.run(&format!("verify 5.proof --log-key {}", log_key()));
    let expected = "\
fact 5: disputed (event 9), corrected once, by the acts in this file; later ones may exist
  asserted by Ada Example, 2026-01-01T00:00:05Z
  as corrected by event 8:
    She said yes.
    according to the document: the document says so in its own voice
    vouched for: that the document says so, not that it is so
    when it was so: the document does not say
    supports: “Yes,” she said. — document 4 (Note), sha256
    991e9c1d6cf397ddd99e6b083f1e3ce66946f6fc4d1176634af741768e565a0b
  6: confirmed by Bo Example, 2026-01-01T00:00:06Z: reread, revision 5
  8: corrected by Cy Example, 2026-01-01T00:00:08Z: wrong-figure, “For a reason.”
  9: disputed by Bo Example, 2026-01-01T00:00:09Z: contradicted, revision 8, “For a reason.”
signers
    23010a598b921275915543232fc6babe2eb56f147ee57d6fba0e219b160e822e Ada Example
    6b4645910a5623dd7e946888016a15fb73a176efb666bd81bf1ec08a306729c5 Bo Example
    9bc46f4bebb55ba513291e460727ab6ef2dfbe27d71e7ec8b0ff53ae463a9515 Cy Example
in the record example.org/record of size 10, as are 8 events of this file
signed by log key 24ce6bf00da7cc1a34aa5767a6341d96a63e3e80fda9f35e596b3ab9202891da, named by the log key that was given
quotations: 2 hold in the documents here
left out: nothing
a proof shows what is in the record, not that nothing else is, nor that the record keeps its rules:
for that, annals verify of the whole record
";
    assert_eq!(answer.out, format!("{expected}{YES}"));
    assert_eq!((answer.err.as_str(), answer.exit), ("", 0));
}

#[test]
fn a_proof_without_outside_trust_is_not_yes() {
    let desk = Desk::of(&ledger().files());
    assert_eq!(desk.run("prove 5 -o 5.proof").exit, 0);
    let alone = desk.run("verify 5.proof");
    assert!(alone.out.contains("which nobody else names\n"), "{}", alone.out);
    let missing = format!("missing: nobody but the proof itself names its log key, {}", log_key());
    assert!(alone.out.contains(&missing) && alone.out.ends_with(UNTRUSTED), "{}", alone.out);
    assert_eq!(alone.exit, 5);
    assert!(desk.read("5.proof").starts_with("annals proof v1\nwithout document 4\nfact 5\n"));
    let other = verifier_key(acts::ORIGIN, 1, "ada");
    let other = desk.run(&format!("verify 5.proof --log-key {other}"));
    assert!(other.out.ends_with(UNTRUSTED), "{}", other.out);
    assert_eq!(other.exit, 5);
    let witness = verifier_key(acts::ORIGIN, 4, "log");
    let witness = desk.run(&format!("verify 5.proof --log-key {witness}"));
    assert_eq!(witness.exit, 2);
    assert!(witness.err.contains("expected a log's key, of type 01"), "{}", witness.err);
    let json = desk.run("verify 5.proof --format json");
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!((&json["exit"], &json["fact"], &json["size"]), (&5.into(), &5.into(), &10.into()));
    assert_eq!(json["left_out"], "the bytes of document 4");
    assert_eq!(json["events"].as_array().map(Vec::len), Some(8));
}

#[test]
fn a_pin_vouches_for_a_proof_and_a_fork_is_reported() {
    let story = ledger();
    let desk = Desk::of(&story.files());
    assert_eq!(desk.run("prove 5 -o 5.proof").exit, 0);
    desk.write("kept", story.pin(7));
    let held = desk.run("verify 5.proof --pin kept");
    assert!(held.out.contains("named by the pin of size 7\n"), "{}", held.out);
    assert_eq!(held.exit, 0);
    assert_eq!(desk.read("kept"), story.pin(7), "a proof moves no pin");
    let mut fork = Ledger::newsroom();
    fork.sign("cy", acts::confirmed(5));
    desk.write("kept", fork.pin(7));
    let forked = desk.run("verify 5.proof --pin kept");
    let why = "fault: rule 802 forked-from-pin: event 6 is not among those that were pinned";
    assert!(forked.out.starts_with(why), "{}", forked.out);
    assert!(forked.out.ends_with("no: this is not the record that was pinned\n"));
    assert!(!forked.out.contains("She said"), "words of a fork are not shown");
    assert_eq!(forked.exit, 4);
    desk.write("kept", story.pin(7).replacen("peak ", "peak  ", 1));
    assert_eq!(desk.run("verify 5.proof --pin kept").exit, 2);
    assert_eq!(desk.run("verify 5.proof --pin nowhere").exit, 2);
    assert_eq!(desk.run("verify 5.proof --pin kept --first").exit, 2);
}

/// Whoever confuses two records has nothing that is damaged or false.
#[test]
fn what_is_given_of_another_record_is_named_as_that() {
    let story = ledger();
    let desk = Desk::of(&story.files());
    assert_eq!(desk.run("prove 5 -o 5.proof").exit, 0);
    let init = "init --origin other.org/x --title T --name X --no-passphrase";
    let place = "--ledger o/ledger --keys o/keys";
    std::fs::create_dir(desk.path("o")).expect("made");
    assert_eq!(desk.run(&format!("{init} {place}")).exit, 0);
    assert_eq!(desk.run(&format!("verify --pin other --init-pin {place}")).exit, 0);
    let pinned = desk.run("verify 5.proof --pin other");
    let end = "\nwhat to do: name the pin of the proof's record with --pin\n\
               could not tell: the pin is of another record (other.org/x)\n";
    assert!(pinned.out.ends_with(end), "{}", pinned.out);
    assert_eq!(pinned.exit, 2);
    let key = verifier_key("other.org/x", 1, "log");
    let given = desk.run(&format!("verify 5.proof --log-key {key}"));
    let end = "\nwhat to do: name the log key of the proof's record with --log-key\n\
               could not trust: it holds by itself, and the log key is of another record \
               (other.org/x); by the acts here it is disputed (event 9), corrected once\n";
    assert!(given.out.ends_with(end), "{}", given.out);
    assert_eq!(given.exit, 5);
    desk.write("policy", format!("log {key}\nquorum none\n"));
    let policy = desk.run("verify 5.proof --policy policy");
    let end = "\nwhat to do: name the policy of the proof's record with --policy\n\
               could not trust: it holds by itself, and the policy is of another record \
               (other.org/x); by the acts here it is disputed (event 9), corrected once\n";
    assert!(policy.out.ends_with(end), "{}", policy.out);
    assert_eq!(policy.exit, 5);
    let whole = desk.run("verify ledger --policy policy");
    let advice = "\nwhat to do: name the policy of this record with --policy\n";
    let verdict = "\ncould not trust: the record is whole, and the policy is of another record \
                   (other.org/x), in ";
    assert!(whole.out.contains(advice) && whole.out.contains(verdict), "{}", whole.out);
    assert_eq!((whole.exit, whole.out.matches("what to do").count()), (5, 1));
}

fn policy() -> String {
    let key = |name| verifier_key(&format!("{name}.example"), 4, name);
    let (log, w1, w2) = (log_key(), key("w1"), key("w2"));
    format!("log {log}\nwitness One {w1}\nwitness Two {w2}\ngroup both all One Two\nquorum both\n")
}

#[test]
fn a_policy_asks_for_its_witnesses_of_proofs_and_ledgers() {
    let desk = Desk::of(&ledger().files());
    let checkpoint = desk.read(CHECKPOINT);
    let line =
        |name: &str| cosignature(&checkpoint, &format!("{name}.example"), name, 1_800_000_000);
    desk.write(CHECKPOINT, format!("{checkpoint}{}", line("w1")));
    assert_eq!(desk.run("prove 5 -o one.proof").exit, 0);
    desk.write(CHECKPOINT, checkpoint.clone() + &line("w3") + &line("w2") + &line("w1"));
    assert_eq!(desk.run("prove 5 -o two.proof").exit, 0);
    desk.write("policy", policy());
    let one = desk.run("verify one.proof --policy policy");
    assert!(
        one.out.contains("missing: the policy's quorum is not met: One cosigned\n"),
        "{}",
        one.out
    );
    assert_eq!(one.exit, 5);
    let two = desk.run("verify two.proof --policy policy");
    let cosigned = "named by the policy\ncosigned by One at 2027-01-15T08:00:00Z\n\
                    cosigned by Two at 2027-01-15T08:00:00Z\nignored: 1 signature line of unknown keys\n";
    assert!(two.out.contains(cosigned), "{}", two.out);
    assert_eq!(two.exit, 0);
    let ledger = desk.run("verify ledger --policy policy");
    assert!(ledger.out.contains("witness: Two cosigned the checkpoint at 2027-01-15T08:00:00Z\n"));
    assert!(ledger.out.contains("ignored: 1 signature line of unknown keys\n"), "{}", ledger.out);
    assert_eq!(ledger.exit, 0);
    // Beside the keys it is used without being named; a pin is not created if trust is missing.
    std::fs::create_dir(desk.path("keys")).expect("made");
    desk.write("keys/policy", policy());
    desk.write(CHECKPOINT, format!("{checkpoint}{}", line("w1")));
    let short = desk.run("verify ledger --pin kept --first");
    assert!(short.out.contains("missing: the policy's quorum is not met: One cosigned\n"));
    assert_eq!((short.exit, desk.path("kept").exists()), (5, false));
    assert_eq!((desk.run("verify one.proof").exit, desk.run("verify two.proof").exit), (5, 0));
    let bad = line("w2").replacen("AABrSd", "AABrSe", 1);
    desk.write(CHECKPOINT, checkpoint.clone() + &line("w1") + &bad);
    let refused = desk.run("verify ledger");
    assert!(refused.out.contains("rule 1010 cosignature: a line of w2.example does not verify"));
    assert_eq!(refused.exit, 1);
    desk.write("keys/policy", "quorum nobody\n");
    let broken = desk.run("verify one.proof");
    let why = "keys/policy: line 1: expected a witness or group of an earlier line, found nobody";
    assert!(
        broken.out.contains("\npolicy: not checked: ") && broken.out.contains(why),
        "{}",
        broken.out
    );
    let end =
        "\ncould not tell: it holds by itself, and the policy was not read; by the acts here ";
    assert!(broken.out.contains(end), "{}", broken.out);
    assert_eq!((broken.exit, broken.err.as_str()), (2, ""));
    let json = desk.run("verify one.proof --policy missing --format json");
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!((&json["exit"], &json["fact"]), (&2.into(), &5.into()));
    assert_eq!(json["policy_unread"], "nothing at missing");
}

#[test]
fn what_is_sealed_or_redacted_now_is_in_no_proof() {
    let mut story = Ledger::newsroom();
    story.sign("ada", acts::asserted_sealed(4, "\"by-hand\""));
    story.sign("bo", acts::disputed(6));
    story.sign("dan", acts::redacted(7));
    let desk = Desk::of(&story.files());
    assert_eq!(desk.run("prove 6 -o 6.proof --with-documents").exit, 0);
    let text = desk.read("6.proof");
    assert!(
        text.starts_with("annals proof v1\nwithout body 6\nwithout body 7\nfact 6\n"),
        "{text}"
    );
    // The sealed words are in this journal, and with them the name of the document.
    assert!(desk.read(crate::support::files::JOURNAL).matches("She said yes.").count() == 2);
    assert!(!text.contains("She said yes.") && !text.contains("document.captured"));
    let answer = desk.run(&format!("verify 6.proof --log-key {}", log_key()));
    assert!(answer.out.contains("[its words are not in this file]"), "{}", answer.out);
    assert!(answer.out.contains("left out: the body of event 6, the body of event 7\n"));
    assert_eq!(answer.exit, 0);
}

#[test]
fn the_sealed_words_of_an_undone_fact_are_in_no_proof() {
    let mut story = Ledger::newsroom();
    story.sign("dan", acts::enrolled("eve", acts::EDITOR));
    story.sign("eve", acts::asserted_sealed(4, "\"by-hand\""));
    story.sign("ada", acts::stolen("dan", 6));
    let desk = Desk::of(&story.files());
    let made = desk.run("prove 7 -o 7.proof");
    assert_eq!(made.exit, 0, "{}", made.err);
    let text = desk.read("7.proof");
    assert!(text.starts_with("annals proof v1\nwithout body 7\nfact 7\n"), "{text}");
    assert!(!text.contains("She said yes."), "{text}");
}

#[test]
fn stolen_keys_and_new_log_keys_are_in_the_proof() {
    let mut story = Ledger::newsroom();
    story.sign("dan", acts::rekeyed("log-3", "compromised"));
    story.sign("ada", acts::stolen("dan", 6));
    story.sign("ada", acts::rekeyed("log-2", "rotated"));
    story.sign("bo", acts::disputed(5));
    story.log = vec!["log-2".to_owned(), "log".to_owned()];
    let desk = Desk::of(&story.files());
    let whole = desk.run("verify ledger");
    assert_eq!(whole.exit, 0, "{}", whole.out);
    let made = desk.run("prove 5 -o 5.proof");
    assert_eq!(made.exit, 0, "{}", made.err);
    let text = desk.read("5.proof");
    assert!(!text.contains("\nevent 6\n"), "the thief's log key was undone");
    assert!(text.contains("\nevent 8\n"));
    for key in [log_key(), verifier_key(acts::ORIGIN, 1, "log-2")] {
        let answer = desk.run(&format!("verify 5.proof --log-key {key}"));
        assert_eq!(answer.exit, 0, "{}", answer.out);
    }
    let thief = verifier_key(acts::ORIGIN, 1, "log-3");
    assert_eq!(desk.run(&format!("verify 5.proof --log-key {thief}")).exit, 5);
    story.sign("ada", acts::stolen("bo", 9));
    let desk = Desk::of(&story.files());
    assert_eq!(desk.run("prove 5 -o 5.proof").exit, 0);
    let answer = desk.run("verify 5.proof");
    let told = "  10: the key of Bo Example revoked: compromised, suspect from 9 on\n";
    assert!(answer.out.contains(told), "{}", answer.out);
}

#[test]
fn nothing_is_proved_that_was_not_signed_or_does_not_hold() {
    let story = ledger();
    let desk = Desk::of(&story.files());
    let before = desk.run("prove 5 -o -");
    desk.write("5.proof", "mine\n");
    let there = desk.run("prove 5 -o 5.proof");
    assert!(there.err.contains("5.proof is there already; nothing was changed"), "{}", there.err);
    assert_eq!((there.exit, desk.read("5.proof").as_str()), (2, "mine\n"));
    let not_one = desk.run("prove 8");
    let why = "annals: expected the position of a fact, found fact.corrected, a revision of fact 5 at 8\n";
    assert_eq!((not_one.err.as_str(), not_one.exit), (why, 2));
    assert_eq!(desk.run("prove 10").exit, 2);
    let mut short = story.clone();
    short.events.truncate(7);
    desk.write(CHECKPOINT, short.checkpoint(7));
    let late = desk.run("prove 7");
    assert!(late.err.contains("the checkpoint covers the first 7 events"), "{}", late.err);
    assert_eq!(late.exit, 5);
    let earlier = desk.run("prove 5 -o -");
    assert!(earlier.err.ends_with("the last 3 events are not yet signed and not in it\n"));
    assert!(earlier.exit == 0 && earlier.out != before.out && !earlier.out.contains("event 8\n"));
    std::fs::remove_file(desk.path(CHECKPOINT)).expect("removed");
    assert_eq!(desk.run("prove 5").exit, 5);
    desk.write(CHECKPOINT, story.checkpoint(10));
    let journal = desk.read(crate::support::files::JOURNAL);
    desk.write(
        crate::support::files::JOURNAL,
        journal.replacen("She said yes.", "She said no!!", 1),
    );
    let false_words = desk.run("prove 5");
    assert!(false_words.err.contains("event 5: rule 601 body-digest"), "{}", false_words.err);
    assert_eq!((false_words.out.as_str(), false_words.exit), ("", 1));
}

#[test]
fn a_proof_of_a_faulty_record_is_made_and_the_faults_are_reported() {
    // Given a record in which the words of another fact have another digest.
    let story = ledger();
    let desk = Desk::of(&story.files());
    let whole = desk.run("prove 5 -o whole.proof");
    assert_eq!(whole.exit, 0, "{}", whole.err);
    let journal = desk.read(crate::support::files::JOURNAL);
    let words = &story.events[7].body;
    let (before, after) = journal.rsplit_once(words.as_str()).expect("the words of fact 7");
    let other = words.replace("yes", "no!");
    assert_ne!(*words, other);
    desk.write(crate::support::files::JOURNAL, format!("{before}{other}{after}"));
    assert_eq!(desk.run("verify").exit, 1);
    // When an intact fact is proved.
    let made = desk.run("prove 5 -o 5.proof");
    // Then the proof is the same, and the fault is reported on stderr and by the exit code.
    let told = "warning: the record has 2 faults; the proof holds by itself and says nothing of \
                that; annals verify lists all faults\n";
    assert_eq!((made.exit, made.err), (1, whole.err + told));
    assert_eq!(desk.read("5.proof"), desk.read("whole.proof"));
    let answer = desk.run(&format!("verify 5.proof --log-key {}", log_key()));
    assert!(answer.exit == 0 && answer.out.ends_with(YES), "{}", answer.out);
}

#[test]
fn the_c2sp_text_shows_the_record_in_the_tree_that_was_signed() {
    let story = ledger();
    let desk = Desk::of(&story.files());
    let made = desk.run("prove 5 --c2sp");
    assert!(made.err.starts_with("note: C2SP tlog-proof is a draft"), "{}", made.err);
    let proof = TlogProof::parse(made.out.as_bytes()).expect("in form");
    let leaves: Vec<_> = story.events.iter().map(|event| event.hash()).collect();
    assert_eq!((proof.index, &proof.path), (5, &path(5, &leaves)));
    let checkpoint = Checkpoint::parse(&proof.checkpoint.text).expect("a checkpoint");
    let leaf = record::hash(&proof.extra.expect("the record"));
    let inclusion = Inclusion { index: 5, size: checkpoint.size, path: proof.path };
    assert!(inclusion.holds(&leaf, &checkpoint.root));
    desk.write("5.tlog-proof", made.out);
    let given = desk.run("verify 5.tlog-proof");
    assert!(given.err.contains("found a C2SP proof of one event"), "{}", given.err);
    assert_eq!(given.exit, 2);
}

#[test]
fn a_file_that_cannot_be_verified_is_named_by_its_kind() {
    let story = ledger();
    let desk = Desk::of(&story.files());
    desk.write("kept", story.pin(3));
    desk.write("other", "annals\n");
    let pin = desk.run("verify kept");
    let why = "annals: kept: expected a ledger's folder, a bag, a published directory, a proof or an \
               evidence file, found a pin, which is given with \
               --pin beside what is verified\n";
    assert_eq!((pin.err.as_str(), pin.exit), (why, 2));
    assert!(
        desk.run("verify other")
            .err
            .contains("found another file, or one whose first line is damaged")
    );
    assert_eq!(desk.run("verify nowhere").exit, 2);
    assert_eq!(desk.run("prove 5 --output whole").exit, 0);
    desk.write("bad", desk.read("whole").replacen("\nfact 5\n", "\nfact 05\n", 1));
    let bad = desk.run("verify bad");
    let why = "fault: rule 1001 proof-form: line 3: expected fact <position>\n\
               no: the proof does not hold\n";
    assert_eq!((bad.out.as_str(), bad.exit), (why, 1));
    // One that ends before its signatures may have been cut.
    desk.write("cut", "annals proof v1\ncomplete\nfact 05\n");
    let cut = desk.run("verify cut");
    let why = "could not tell: it ends early, after 33 bytes; a download or an editor may have cut \
               it: have it sent again, as an attachment, or in an archive\n";
    assert_eq!((cut.out.as_str(), cut.exit), (why, 2));
}

/// Acts of these editors, the resulting status, and its text.
type Standing<'a> = (&'a [(&'a str, acts::Act)], &'a str, &'a str);

/// A proof of fact 5 after these acts, its answer for people and as JSON.
fn told(acts: &[(&str, acts::Act)]) -> (Answer, serde_json::Value, String) {
    let mut story = Ledger::newsroom();
    for (by, act) in acts {
        story.sign(by, act.clone());
    }
    let desk = Desk::of(&story.files());
    assert_eq!(desk.run("verify").exit, 0);
    let made = desk.run("prove 5 -o 5.proof");
    assert_eq!(made.exit, 0, "{}", made.err);
    let line = format!("verify 5.proof --log-key {}", log_key());
    let (answer, json) = (desk.run(&line), desk.run(&format!("{line} --format json")));
    assert_eq!((answer.exit, json.exit), (0, 0), "{}", answer.out);
    (answer, serde_json::from_str(&json.out).expect("JSON"), made.err)
}

#[test]
fn the_first_line_and_the_last_say_how_the_fact_stands() {
    let retracted = ("bo", acts::retracted(5));
    let confirmed = ("bo", acts::confirmed(5));
    let cases: [Standing<'_>; 8] = [
        (&[], "asserted", "asserted"),
        (std::slice::from_ref(&confirmed), "confirmed", "confirmed (event 6)"),
        (&[("bo", acts::disputed(5))], "disputed", "disputed (event 6)"),
        (
            &[("bo", acts::disputed(5)), ("cy", acts::disputed(5))],
            "disputed",
            "disputed (events 6, 7)",
        ),
        (&[confirmed.clone(), retracted.clone()], "retracted", "retracted (event 7)"),
        (
            &[confirmed.clone(), retracted.clone(), ("cy", acts::reinstated(7))],
            "confirmed",
            "confirmed (event 6)",
        ),
        // Two confirmations are required from here on.
        (
            &[confirmed.clone(), ("ada", acts::changed(2))],
            "asserted",
            "asserted, 1 of 2 confirmations",
        ),
        // Events that a stolen key signed are undone.
        (&[retracted, ("ada", acts::stolen("bo", 6))], "asserted", "asserted"),
    ];
    for (done, status, words) in cases {
        let (answer, json, made) = told(done);
        let first = format!("fact 5: {words}, by the acts in this file; later ones may exist\n");
        assert!(answer.out.starts_with(&first), "{words}: {}", answer.out);
        let last =
            format!("yes: the fact is in the signed record; by the acts here it is {words}\n");
        assert!(answer.out.ends_with(&last), "{words}: {}", answer.out);
        assert_eq!(json["status"], status, "{json}");
        assert!(made.contains(&format!("\nfact 5: {words}, as of size ")), "{made}");
    }
}

#[test]
fn a_proof_shows_updates_of_a_fact_and_undone_acts() {
    let updates = |ledger: &mut Ledger| {
        ledger.sign("bo", acts::asserted(4));
        ledger.sign("bo", acts::related(6, "updates", 5));
    };
    let mut story = Ledger::newsroom();
    updates(&mut story);
    let desk = Desk::of(&story.files());
    assert_eq!(desk.run("prove 5 -o 5.proof").exit, 0);
    let answer = desk.run(&format!("verify 5.proof --log-key {}", log_key()));
    let first = "fact 5: asserted, updated by fact 6 (event 7), by the acts in this file";
    assert!(answer.out.starts_with(first), "{}", answer.out);
    let (answer, json, _) = told(&[("bo", acts::retracted(5)), ("ada", acts::stolen("bo", 6))]);
    let undone = "  6: retracted by Bo Example, 2026-01-01T00:00:06Z";
    let line = answer.out.lines().find(|line| line.starts_with(undone)).expect(undone);
    assert!(answer.out.contains("undone by event 7"), "{line}");
    assert_eq!(json["undone"], serde_json::json!([{"event": 6, "by": 7}]));
}

#[test]
fn what_a_mail_program_changed_of_a_proof_is_not_called_false() {
    let desk = Desk::of(&ledger().files());
    assert_eq!(desk.run("prove 5 -o 5.proof").exit, 0);
    let text = desk.read("5.proof");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let half = text.lines().map(|line| format!("{line}\r\n")).collect::<String>();
    let cases: [(&str, Vec<u8>); 4] = [
        ("its lines end with CR LF; a mail program", half.into_bytes()),
        ("its lines end with CR; a mail program", text.replace('\n', "\r").into_bytes()),
        ("it begins with a byte order mark", format!("\u{feff}{text}").into_bytes()),
        ("it is UTF-16; an editor or a shell", wide),
    ];
    desk.write("kept", ledger().pin(7));
    for (why, bytes) in cases {
        desk.write("changed.proof", &bytes);
        for given in [format!("--log-key {}", log_key()), "--pin kept".to_owned()] {
            let answer = desk.run(&format!("verify changed.proof {given}"));
            let only = format!("could not tell: {why}");
            assert!(answer.out.starts_with(&only), "{}", answer.out);
            assert_eq!(answer.out.lines().count(), 1, "{}", answer.out);
            assert_eq!(answer.exit, 2);
            let json = desk.run(&format!("verify changed.proof {given} --format json"));
            let json: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
            assert_eq!((&json["exit"], &json["faults"]), (&2.into(), &serde_json::json!([])));
            assert!(json["changed"].as_str().is_some_and(|text| text.starts_with(why)), "{json}");
        }
    }
    // The anchors beside it likewise.
    desk.write("kept", ledger().pin(7).replace('\n', "\r\n"));
    let pin = desk.run("verify 5.proof --pin kept");
    assert!(pin.out.contains("the pin is not judged: its lines end with CR LF"), "{}", pin.out);
    assert_eq!(pin.exit, 2);
    desk.write("trusted", format!("\u{feff}{}", policy()));
    let policy = desk.run("verify 5.proof --policy trusted");
    let why = "the policy is not read: it begins with a byte order mark";
    assert!(policy.out.contains(why), "{}", policy.out);
    assert_eq!(policy.exit, 2);
}
