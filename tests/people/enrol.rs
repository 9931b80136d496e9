//! `annals editor add`, `change` and `list`: an admin enrols a key by a request, which is verified.

use crate::people::desk::Desk;

/// After init, with Bo's request in `bo.request`, made on another machine.
fn asked() -> Desk {
    let desk = Desk::founded();
    desk.told("key new bo --name Bo_Berg --for example.org/record --no-passphrase --keys else");
    std::fs::rename(desk.path("else/bo.request"), desk.path("bo.request")).unwrap();
    desk
}

#[test]
fn an_admin_enrols_from_a_request() {
    let desk = asked();
    let answer = desk.run("editor add bo.request --role editor");
    let told = "written at 1\n\
                head <64>, 2 events\n\
                enrolled Bo Berg as editor, key <64>\n";
    assert_eq!((answer.exit, answer.out.as_str(), answer.err.as_str()), (0, told, ""));
    assert_eq!(desk.whole(), 2);
    let list = "Ada Example, admin and editor, active\n    \
                key <64>\n    \
                enrolled by 0, 2027-03-01 08:00Z, Ada Example\n\
                Bo Berg, editor, active\n    \
                key <64>\n    \
                enrolled by 1, 2027-03-01 08:02Z, Ada Example\n\
                2 keys, 2 active\n\
                as of position 1 (2 of 2 events), head <64>, recorded 2027-03-01T08:02:00Z\n";
    assert_eq!(desk.told("editor list"), list);
    let before = desk.told("editor list --as-of 0");
    assert!(before.contains("\n1 key, 1 active\nas of position 0 (1 of 2 events)"), "{before}");
}

#[test]
fn a_dry_run_shows_it_and_writes_nothing() {
    let desk = asked();
    let (exit, shown) =
        desk.refused("editor enrol bo.request --role editor --role admin --dry-run");
    let expected = "enrol Bo Berg as admin and editor in example.org/record\n  \
                    key <64>\n  \
                    a person who is not in the record yet\n\
                    one event would be written; nothing was\n";
    assert_eq!((exit, shown.as_str()), (0, expected));
}

#[test]
fn a_request_that_is_not_there_or_damaged_or_made_up_is_refused() {
    let desk = asked();
    let none = "annals: expected a request at no.request, found no file; the key's holder makes \
                one with `annals key new NAME --for ORIGIN` and sends it\n";
    assert_eq!(desk.refused("editor add no.request --role editor"), (2, none.to_owned()));
    let text = desk.read("bo.request");
    std::fs::write(desk.path("bo.request"), text.replace("Bo Berg", "Bo Borg")).unwrap();
    let proof = "annals: expected bo.request to be signed by its own key <64>, found a signature \
                 that is not over this origin, name and key; it was changed or made up: ask for it \
                 again\n";
    assert_eq!(desk.refused("editor add bo.request --role editor"), (2, proof.to_owned()));
    std::fs::write(desk.path("bo.request"), text.replace("key ", "key: ")).unwrap();
    let line = "annals: expected `key` and 64 lower-case hex digits in line 4 of bo.request, found \
                \"key: <64>\"; ask for the file again, unchanged\n";
    assert_eq!(desk.refused("editor add bo.request --role editor"), (2, line.to_owned()));
    std::fs::write(desk.path("bo.request"), text.replace('\n', "\r\n")).unwrap();
    let (exit, why) = desk.refused("editor add bo.request --role editor");
    assert_eq!(exit, 2);
    assert!(why.contains("its lines end with CR LF; a mail program may have changed it"), "{why}");
}

#[test]
fn a_request_for_another_record_is_refused() {
    let desk = asked();
    desk.told("key new cem --name Cem --for example.org/other --no-passphrase --keys else");
    let why = "annals: expected a request for example.org/record, found one for example.org/other; \
               a request is made with its key, so let its holder make another key, by another \
               name: annals key new NAME --for example.org/record; the key of this request \
               stays unused\n";
    assert_eq!(desk.refused("editor add else/cem.request --role editor"), (2, why.to_owned()));
    // The same name again is refused, so the hint names another one, and that works.
    let again = "key new cem --name Cem --for example.org/record --no-passphrase --keys else";
    assert_eq!(desk.refused(again).0, 2);
    desk.told(&again.replace("new cem", "new cem2"));
    desk.told("editor add else/cem2.request --role editor --by ada");
}

#[test]
fn a_key_is_enrolled_once_ever() {
    let desk = Desk::with_bo();
    let why = "annals: editor.enrolled is refused: rule 405 key-enrolled-once: the key <64> is \
               enrolled already, by event 1; annals editor change sets its roles; nothing was \
               written\n";
    let again = "editor add keys/bo.request --role editor --by ada";
    assert_eq!(desk.refused(&again.replace("editor --by", "admin --by")), (1, why.to_owned()));
    // The same request again, as after a lost receipt, is not an error, and nothing is written.
    let answer = desk.run(again);
    assert_eq!((answer.exit, desk.whole()), (0, 2), "{}", answer.err);
    assert!(answer.out.starts_with("already at 1"), "{}", answer.out);
    desk.told("editor revoke bo --reason rotated --statement new_laptop --by ada");
    let why = "annals: editor.enrolled is refused: rule 405 key-enrolled-once: the key <64> was \
               enrolled by event 1 and is revoked since 2; a key is enrolled once, so let a new \
               one be made with annals key new NAME; nothing was written\n";
    assert_eq!(desk.refused(again), (1, why.to_owned()));
}

#[test]
fn who_is_no_admin_enrols_nobody() {
    let desk = Desk::with_bo();
    desk.told("key new cem --name Cem --no-passphrase --keys else");
    let why = "annals: editor.enrolled is refused: rule 404 signer-role: editor.enrolled needs the \
               role admin, which the key <64> has not; nothing was written\n";
    let add = "editor add else/cem.request --role editor";
    assert_eq!(desk.refused(&format!("{add} --by bo")), (1, why.to_owned()));
    // Of the two keys here only Ada's may sign this: no option needs to name it.
    desk.told(add);
    let (exit, why) = desk.refused(&format!("{add} --role admin --by cem"));
    assert_eq!(exit, 1, "{why}");
    let (exit, why) = desk.refused("ledger change --title New --by cem");
    let file = "annals: expected a key file at ~/keys/cem.key, found none; `annals key new NAME` makes \
                one, `annals key list` shows those that are there\n";
    assert_eq!((exit, why.as_str()), (2, file));
}

/// A key is no request; a secret one is nobody's but its holder's.
#[test]
fn a_key_in_the_place_of_a_request_is_named() {
    let desk = Desk::with_bo();
    let add = |file: &str| desk.refused(&format!("editor add {file} --role editor --by ada"));
    let public = "annals: expected a request in keys/bo.pub, found a public key; its request is \
                  keys/bo.request\n";
    assert_eq!(add("keys/bo.pub"), (2, public.to_owned()));
    let secret = "annals: expected a request in keys/bo.key, found a secret key; it is its \
                  holder's alone: who has a copy of it can sign as they do; give the request that \
                  was made with it\n";
    assert_eq!(add("keys/bo.key"), (2, secret.to_owned()));
    std::fs::rename(desk.path("keys/bo.request"), desk.path("away")).unwrap();
    let alone = "annals: expected a request in keys/bo.pub, found a public key; ask its holder for \
                 the request that was made with it\n";
    assert_eq!(add("keys/bo.pub"), (2, alone.to_owned()));
}

#[test]
fn a_wrong_passphrase_and_a_wrong_key_file_sign_nothing() {
    let desk = Desk::founded();
    std::fs::write(desk.path("one"), "one").unwrap();
    std::fs::write(desk.path("two"), "two").unwrap();
    desk.run_with("key new dee --name Dee", &[("ANNALS_PASSPHRASE_FILE", "one")]);
    desk.told("editor add keys/dee.request --role admin --by ada");
    let change = "ledger change --title New --by dee";
    let none = "annals: expected a passphrase for ~/keys/dee.key, which is encrypted, found none; \
                give it at the prompt or in the file that ANNALS_PASSPHRASE_FILE names\n";
    assert_eq!(desk.refused(change), (2, none.to_owned()));
    let wrong = "annals: ANNALS_PASSPHRASE_FILE two: expected the passphrase of the key dee, found \
                 another; name the file of this key, or leave the variable out and type the \
                 passphrase\n";
    let given = desk.refused_with(change, &[("ANNALS_PASSPHRASE_FILE", "two")]);
    assert_eq!(given, (2, wrong.to_owned()));
    let other = desk.read("keys/ada.key");
    std::fs::write(desk.path("keys/dee.key"), other).unwrap();
    let mixed = "annals: expected the secret key of ~/keys/dee.pub in ~/keys/dee.key, found \
                 another's; one of them is damaged or was replaced: put back a copy\n";
    assert_eq!(desk.refused(change), (2, mixed.to_owned()));
}

#[test]
fn a_desk_that_shares_a_machine_makes_the_key_here() {
    let desk = Desk::founded();
    let add = "editor add --local dee --name Dee_Dorn --role editor --no-passphrase";
    let told = desk.told(add);
    assert!(told.ends_with("enrolled Dee Dorn as editor, key <64>\n"), "{told}");
    assert!(desk.path("keys/dee.key").is_file() && desk.path("keys/dee.request").is_file());
    assert_eq!(desk.whole(), 2);
    // A refused command leaves no key.
    let (exit, _) =
        desk.refused("editor add --local eff --name Eff --role editor --no-passphrase --by dee");
    assert_eq!(exit, 1);
    let (exit, why) = desk.refused(&add.replace("--name Dee_Dorn ", ""));
    assert_eq!(exit, 2, "{why}");
    // The same key again is already there; another key does not replace that file.
    assert_eq!(desk.told(add), "already at 1\n");
    assert_eq!(desk.refused(&add.replace("Dee_Dorn", "Dee_Other")).0, 2);
}

#[test]
fn a_second_key_of_one_person_is_enrolled_as_such() {
    let desk = Desk::with_bo();
    desk.told("key new bo2 --name Bo_Berg --no-passphrase --keys else");
    let add = "editor add else/bo2.request --role editor --by ada";
    let (exit, why) = desk.refused(&format!("{add} --dry-run"));
    let taken = "which a reader takes for Bo Berg (key <16>); another key of that person is \
                 enrolled with --person-of <16>, and another person of that name with --same-name";
    assert_eq!((exit, why.contains(taken)), (2, true), "{why}");
    let told = desk.told(&format!("{add} --person-of bo"));
    let same = "enrolled Bo Berg as editor, key <64>, the same person as Bo Berg (key <16>)\n";
    assert!(told.ends_with(same), "{told}");
    let list = desk.told("editor list --format json");
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let editors = list["editors"].as_array().unwrap();
    assert_eq!(editors[1]["person"], editors[2]["person"]);
    assert_ne!(editors[0]["person"], editors[1]["person"]);
    let (exit, why) = desk.refused(&format!("{add} --person-of nobody"));
    let nobody = "annals: expected an editor of this record (Ada Example, Bo Berg), found \
                  \"nobody\"; annals editor list shows them\n";
    assert_eq!((exit, why.as_str()), (2, nobody));
}

#[test]
fn roles_and_names_change_and_an_admin_is_left() {
    let desk = Desk::with_bo();
    let told = desk.told("editor change bo --role admin --role editor --by ada");
    assert!(told.ends_with("Bo Berg (key <16>): admin and editor, before editor\n"), "{told}");
    let told = desk.told("editor change bo --name Bo_Bergman --by ada");
    let named = "Bo Berg (key <16>): now called Bo Bergman, before Bo Berg\n";
    assert!(told.ends_with(named), "{told}");
    desk.told("editor change ada --role editor --by bo");
    let last = "annals: editor.changed is refused: rule 406 last-admin: no admin would be left; \
                enrol another one first; nothing was written\n";
    assert_eq!(desk.refused("editor change bo --role editor --by bo"), (1, last.to_owned()));
    let same = "annals: Bo Bergman (key <16>) is admin and editor already; say what changes with \
                --role or --name\n";
    let change = "editor change bo --role editor --role admin --by bo";
    assert_eq!(desk.refused(change), (2, same.to_owned()));
    let unknown = "annals: expected an editor of this record (Ada Example, Bo Bergman), found \
                   \"Cem\"; annals editor list shows them\n";
    assert_eq!(desk.refused("editor change Cem --role editor --by bo"), (2, unknown.to_owned()));
    let csv = desk.told("editor list --format csv");
    let head = "as_of,head,name,key,person,roles,enrolled,enrolled_at,enrolled_by,revoked,\
                revoked_at,revoked_by,reason,suspect_from,suspect_by\n";
    assert!(csv.starts_with(head), "{csv}");
    assert_eq!(desk.whole(), 5);
}

#[test]
fn the_signer_is_required_where_it_is_not_clear() {
    let desk = Desk::with_bo();
    desk.told("editor change bo --role admin --role editor --by ada");
    let (exit, why) = desk.refused("ledger change --title New");
    assert_eq!(
        (exit, why.as_str()),
        (2, "annals: several keys can sign; choose one with --by: ada, bo\n")
    );
}
