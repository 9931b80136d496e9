//! `annals key`: new, import, list, show, passphrase.

use crate::people::desk::Desk;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

fn openssl(desk: &Desk, line: &str) -> String {
    let done =
        Command::new("openssl").current_dir(desk.folder.path()).args(line.split(' ')).output();
    let done = done.unwrap();
    assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn a_key_is_made_where_there_is_no_ledger() {
    let desk = Desk::empty();
    std::fs::write(desk.path("phrase"), "correct horse\n").unwrap();
    let phrase = [("ANNALS_PASSPHRASE_FILE", "phrase")];
    let answer = desk.run_with("key new bo --name Bo_Berg --for example.org/record", &phrase);
    assert_eq!(answer.exit, 0, "{}", answer.err);
    let told = "keys/bo.key: secret, encrypted\n\
                keys/bo.pub: public\n\
                keys/bo.request: to sign as Bo Berg in example.org/record\n\
                key <64>\n";
    assert_eq!(answer.out, told);
    let next = "next: hand bo.request to an admin of example.org/record, who runs annals editor \
                add bo.request --role editor; bo.key stays on this machine\n";
    assert_eq!(answer.err, next);
    // The mode is the owner's alone, and openssl reads the new key.
    let mode = std::fs::metadata(desk.path("keys/bo.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let public = openssl(&desk, "pkey -in keys/bo.key -passin file:phrase -pubout");
    assert_eq!(public, desk.read("keys/bo.pub"));
}

#[test]
fn a_key_is_never_overwritten_and_a_name_must_be_one() {
    let desk = Desk::empty();
    let new = "key new bo --name Bo_Berg --for example.org/record --no-passphrase";
    desk.told(new);
    let there = "annals: expected no file at keys/bo.key, found one; it is never overwritten: \
                 choose another name, or move it away\n";
    assert_eq!(desk.refused(new), (2, there.to_owned()));
    std::fs::remove_file(desk.path("keys/bo.key")).unwrap();
    std::fs::remove_file(desk.path("keys/bo.pub")).unwrap();
    let there = there.replace("bo.key", "bo.request");
    assert_eq!(desk.refused(new), (2, there));
    let (exit, why) = desk.refused(&new.replace("new bo", "new Bo"));
    assert_eq!(exit, 2);
    assert!(why.starts_with("annals: expected a name of 1 to 64 of a-z 0-9 . _ -"), "{why}");
    for kept in ["log", "log-1", "recovery"] {
        let (exit, why) = desk.refused(&new.replace("new bo", &format!("new {kept}")));
        assert_eq!(exit, 2);
        assert!(why.contains("is kept for the key of the record itself"), "{why}");
    }
}

#[test]
fn missing_values_are_named_where_there_is_no_terminal() {
    let desk = Desk::empty();
    let (exit, why) = desk.refused("key new bo --name Bo --no-passphrase");
    let origin = "annals: origin of the record that the key is for, like example.org/record: give \
                  it with --for\n";
    assert_eq!((exit, why.as_str()), (2, origin));
    let (exit, why) = desk.refused("key new bo --for example.org/record");
    let name = "annals: name of the key's holder, as it will stand in the record: give it with \
                --name\n";
    assert_eq!((exit, why.as_str()), (2, name));
    let (exit, why) = desk.refused("key new bo --name Bo --for example.org/record");
    let phrase = "annals: the key of bo needs a passphrase: name a file that holds it in \
                  ANNALS_PASSPHRASE_FILE, or say --no-passphrase on purpose\n";
    assert_eq!((exit, why.as_str()), (2, phrase));
    assert_eq!(desk.refused("key new bo --name Bo --for Example --no-passphrase").0, 2);
}

#[test]
fn the_origin_is_that_of_the_record_here() {
    let desk = Desk::founded();
    let told = desk.told("key new bo --name Bo_Berg --no-passphrase");
    assert!(told.contains("to sign as Bo Berg in example.org/record"), "{told}");
    let list = "ada  unencrypted  <16>  Ada Example, admin and editor, active\n\
                bo   unencrypted  <16>  not enrolled in example.org/record\n\
                2 keys\n\
                as of position 0 (1 of 1 events), head <64>, recorded 2027-03-01T08:00:00Z\n";
    assert_eq!(desk.told("key list"), list);
    let rows = desk.told("key list --format jsonl");
    let first: serde_json::Value = serde_json::from_str(rows.lines().next().unwrap()).unwrap();
    assert_eq!((&first["name"], &first["holder"]), (&"ada".into(), &"Ada Example".into()));
    let csv = desk.told("key list --format csv");
    assert!(csv.starts_with("as_of,head,name,key,secret,holder,roles,enrolled,revoked\n"));
    assert!(csv.ends_with("0,<64>,bo,<64>,unencrypted,,,,\n"), "{csv}");
}

/// A key may have several names; one whose public key is not here is not known, and not a stranger.
#[test]
fn each_name_of_an_enrolled_key_has_its_person() {
    let desk = Desk::with_bo();
    for ending in ["key", "pub"] {
        let of = |name: &str| desk.path(&format!("keys/{name}.{ending}"));
        std::fs::copy(of("bo"), of("bo-laptop")).unwrap();
    }
    std::fs::write(desk.path("phrase"), "correct horse battery staple").unwrap();
    desk.run_with("key new dee --name Dee", &[("ANNALS_PASSPHRASE_FILE", "phrase")]);
    std::fs::remove_file(desk.path("keys/dee.pub")).unwrap();
    let list = desk.told("key list");
    let list: Vec<&str> = list.lines().take(4).collect();
    let expected = [
        "ada        unencrypted  <16>  Ada Example, admin and editor, active",
        "bo         unencrypted  <16>  Bo Berg, editor, active",
        "bo-laptop  unencrypted  <16>  Bo Berg, editor, active",
        "dee        encrypted                      not known without its passphrase: dee.pub is not \
         beside it",
    ];
    assert_eq!(list, expected);
    let shown = desk.told("key show dee");
    let line = "\nrecord   not known without its passphrase: dee.pub is not beside it\n";
    assert!(shown.contains(line), "{shown}");
}

#[test]
fn one_key_is_shown_with_its_files() {
    let desk = Desk::with_bo();
    let told = desk.told("key show bo");
    let expected = "name     bo\n\
                    key      <64>\n\
                    secret   unencrypted, ~/keys/bo.key\n\
                    public   ~/keys/bo.pub\n\
                    request  ~/keys/bo.request\n\
                    record   Bo Berg, editor, active\n\
                    as of position 1 (2 of 2 events), head <64>, recorded 2027-03-01T08:02:00Z\n";
    assert_eq!(told, expected);
    assert!(desk.told("key show log").contains("record   signs checkpoints of example.org/record"));
    let (exit, why) = desk.refused("key show dee");
    assert_eq!(exit, 2);
    assert!(why.contains("expected a key file at ~/keys/dee.pub, found none"), "{why}");
}

#[test]
fn a_damaged_key_file_is_reported_and_the_others_are_listed() {
    let desk = Desk::with_bo();
    std::fs::write(desk.path("keys/bo.pub"), "-----BEGIN PUBLIC KEY-----\n").unwrap();
    let answer = desk.run("key list");
    assert_eq!(answer.exit, 2);
    assert!(answer.out.contains("ada  unencrypted"), "{}", answer.out);
    assert!(answer.err.starts_with("warning: expected a whole key in ~/keys/bo.pub, found damage"));
}

#[test]
fn a_key_made_elsewhere_is_imported() {
    let desk = Desk::founded();
    openssl(&desk, "genpkey -algorithm ed25519 -out made.pem");
    let told = desk.told("key import dee made.pem --name Dee_Dorn --no-passphrase");
    assert!(told.contains("keys/dee.request: to sign as Dee Dorn in example.org/record"), "{told}");
    assert_eq!(openssl(&desk, "pkey -in made.pem -pubout"), desk.read("keys/dee.pub"));
    openssl(&desk, "genpkey -algorithm rsa -out rsa.pem");
    let (exit, why) = desk.refused("key import eff rsa.pem --no-passphrase");
    let rsa = "annals: expected an Ed25519 key in rsa.pem, found an RSA key; annals signs with \
               Ed25519 only\n";
    assert_eq!((exit, why.as_str()), (2, rsa));
    desk.told("editor add keys/dee.request --role editor --by ada");
}

/// An unencrypted OpenSSH key of the seed 01 … 01, as `ssh-keygen -t ed25519` writes one.
fn openssh() -> String {
    let secret = annals_core::key::SecretKey::from_seed([1; 32]);
    let public = secret.public().0;
    let string = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat();
    let blob = [string(b"ssh-ed25519"), string(&public)].concat();
    let pair = [[1; 32], public].concat();
    let mut part = [vec![7; 8], blob.clone(), string(&pair), string(b"me")].concat();
    (1..).take((8 - part.len() % 8) % 8).for_each(|byte| part.push(byte));
    let none = [string(b"none"), string(b"none"), string(b"")].concat();
    let head = [b"openssh-key-v1\0", &none[..], &1u32.to_be_bytes()[..]].concat();
    let text = annals_core::tlog::to_base64(&[head, string(&blob), string(&part)].concat());
    let lines: Vec<&str> =
        text.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let lines = lines.join("\n");
    format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{lines}\n-----END OPENSSH PRIVATE KEY-----\n")
}

#[test]
fn an_openssh_key_is_taken_only_from_who_says_that_it_serves_nothing_else() {
    let desk = Desk::founded();
    std::fs::write(desk.path("id"), openssh()).unwrap();
    let (exit, why) = desk.refused("key import dee id --no-passphrase");
    assert_eq!(exit, 2);
    let expected =
        "annals: expected a key that is used for nothing else, found an OpenSSH key in id";
    assert!(why.starts_with(expected), "{why}");
    let answer = desk.run("key import dee id --no-passphrase --used-for-nothing-else");
    assert_eq!(answer.exit, 0, "{}", answer.err);
    let note = "note: there is no request; one is made where --name and --for are given\n";
    assert_eq!(answer.err, note);
}

#[test]
fn a_passphrase_is_changed_and_the_key_stays() {
    let desk = Desk::founded();
    std::fs::write(desk.path("one"), "one").unwrap();
    std::fs::write(desk.path("two"), "two").unwrap();
    let (one, two) = ("ANNALS_PASSPHRASE_FILE", "ANNALS_NEW_PASSPHRASE_FILE");
    desk.run_with("key new bo --name Bo", &[(one, "one")]);
    let answer = desk.run_with("key passphrase bo", &[(one, "one"), (two, "two")]);
    assert_eq!(answer.out, "~/keys/bo.key: encrypted with the new passphrase\n");
    let public = openssl(&desk, "pkey -in keys/bo.key -passin file:two -pubout");
    assert_eq!(public, desk.read("keys/bo.pub"));
    let wrong = "annals: ANNALS_PASSPHRASE_FILE one: expected the passphrase of the key bo, found \
                 another; name the file of this key, or leave the variable out and type the \
                 passphrase\n";
    let refused = desk.refused_with("key passphrase bo", &[(one, "one"), (two, "two")]);
    assert_eq!(refused, (2, wrong.to_owned()));
    // What makes it another one is named, where it can be seen.
    for (text, found) in [
        ("", "an empty file"),
        ("two\nlines\n", "more than one line"),
        ("a\u{a0}b\n", "a no-break space, which looks like a space"),
        (
            "\u{feff}two\r\n",
            "a byte order mark at its beginning; save the file as UTF-8 without one",
        ),
    ] {
        std::fs::write(desk.path("one"), text).unwrap();
        let (exit, why) = desk.refused_with("key passphrase bo", &[(one, "one"), (two, "two")]);
        let told =
            "annals: ANNALS_PASSPHRASE_FILE one: expected the passphrase of the key bo, found";
        assert_eq!((exit, why), (2, format!("{told} {found}\n")));
    }
    let answer = desk.run_with("key passphrase bo --no-passphrase", &[(one, "two")]);
    assert_eq!(answer.out, "~/keys/bo.key: not encrypted any more\n");
    assert!(desk.read("keys/bo.key").starts_with("-----BEGIN PRIVATE KEY-----\n"));
}

/// A file with a secret that others may read is taken, with a warning: containers get theirs so.
#[test]
fn a_passphrase_file_that_others_may_read_gets_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::founded();
    std::fs::write(desk.path("phrase"), "four words and more\n").unwrap();
    let run = |line: &str, mode: u32| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(desk.path("phrase"), mode).unwrap();
        let mut command = desk.command(line, &[]);
        let done = command.env("ANNALS_PASSPHRASE_FILE", "phrase").output().unwrap();
        assert!(done.status.success(), "{done:?}");
        desk.told_of(&String::from_utf8(done.stderr).unwrap())
    };
    let warning = |mode: &str| {
        format!(
            "warning: expected phrase to be open to its owner alone (mode 0600), found mode \
             {mode}: who can read it has the passphrase. Run: chmod 600 phrase\n"
        )
    };
    assert!(run("key new bo --name Bo", 0o644).starts_with(&warning("0644")));
    assert!(!run("key new cy --name Cy", 0o600).contains("warning"));
    assert!(!run("key new di --name Di", 0o400).contains("warning"));
    let both = run("key passphrase bo --no-passphrase", 0o440);
    assert_eq!(both.matches(&warning("0440")).count(), 1, "{both}");
}

/// A passphrase file with untypeable characters would make a key that nobody can open by typing.
#[test]
fn a_passphrase_file_is_one_line_that_can_be_typed() {
    let desk = Desk::founded();
    let new = "key new bo --name Bo".to_owned();
    let variable = "ANNALS_PASSPHRASE_FILE";
    let many = [&b"long enough "[..]; 400].concat();
    let refused: [(&[u8], &str); 9] = [
        (b"\xEF\xBB\xBFsecret one\n", "a byte order mark at its beginning"),
        (b"secret one\nsecond\n", "more than one line"),
        (b"secret one\n\n", "more than one line"),
        (b"secret one\rx\n", "a carriage return inside"),
        (b"secret one\r", "a carriage return inside"),
        (b"secret one\0x\n", "a NUL byte"),
        (b"secret\x1b[A one\n", "a control character"),
        (b"secret \xff one\n", "expected UTF-8, found other bytes"),
        (&many, "expected at most 4096 bytes, found more"),
    ];
    for (bytes, found) in refused {
        std::fs::write(desk.path("phrase"), bytes).unwrap();
        let (exit, why) = desk.refused_with(&new, &[(variable, "phrase")]);
        assert!(why.starts_with("annals: ANNALS_PASSPHRASE_FILE phrase: "), "{why}");
        assert_eq!((exit, why.contains(found)), (2, true), "{why}");
        assert!(!why.contains("secret"), "{why}");
    }
    // Something other than a file is not read: it may never end.
    for path in ["/dev/zero", "keys"] {
        let (exit, why) = desk.refused_with(&new, &[(variable, path)]);
        assert_eq!((exit, why.contains("found something that is none")), (2, true), "{why}");
        let add = "editor add keys/dee.request --role editor --recovery";
        if !desk.path("keys/dee.request").exists() {
            desk.told("key new dee --name Dee --no-passphrase");
        }
        let (exit, why) = desk.refused_with(add, &[("ANNALS_RECOVERY_FILE", path)]);
        assert_eq!((exit, why.contains("found something that is none")), (2, true), "{why}");
    }
    // One line ending is not part of the passphrase, in the form of Unix or of Windows.
    for (handle, bytes) in [("bo", "secret one\n"), ("cy", "secret one\r\n"), ("di", "secret one")]
    {
        std::fs::write(desk.path("phrase"), bytes).unwrap();
        let line = new.replace("new bo", &format!("new {handle}"));
        assert_eq!(desk.run_with(&line, &[(variable, "phrase")]).exit, 0);
        std::fs::write(desk.path("typed"), "secret one").unwrap();
        openssl(&desk, &format!("pkey -in keys/{handle}.key -passin file:typed -noout"));
    }
}

#[test]
fn a_short_passphrase_gets_a_word_and_is_taken() {
    let desk = Desk::founded();
    std::fs::write(desk.path("phrase"), "abc\n").unwrap();
    let phrase = [("ANNALS_PASSPHRASE_FILE", "phrase")];
    let answer = desk.run_with("key new bo --name Bo", &phrase);
    let word = "warning: the passphrase has fewer than 10 characters";
    assert_eq!((answer.exit, answer.err.contains(word)), (0, true), "{}", answer.err);
    std::fs::write(desk.path("phrase"), "correct horse battery staple\n").unwrap();
    let answer = desk.run_with("key new cy --name Cy", &phrase);
    assert_eq!((answer.exit, answer.err.contains("warning")), (0, false), "{}", answer.err);
}

/// Valid files with an unsupported encryption are not damaged; the advice makes them readable.
#[test]
fn another_encryption_is_named_and_the_advice_works() {
    let desk = Desk::founded();
    std::fs::write(desk.path("phrase"), "correct horse battery\n").unwrap();
    std::fs::copy(desk.path("phrase"), desk.path("again")).unwrap();
    let phrase = [("ANNALS_PASSPHRASE_FILE", "phrase")];
    openssl(&desk, "genpkey -algorithm ed25519 -out made.pem");
    let old = "pkcs8 -topk8 -in made.pem -passout file:phrase -out";
    let made = [
        ("-v1 PBE-SHA1-3DES", "PKCS #12 encryption with SHA-1 and triple DES"),
        ("-v2 des3", "PBES2 with PBKDF2 and triple DES"),
        ("-v2 camellia256", "PBES2 with PBKDF2 and Camellia"),
        ("-v2 aria256", "PBES2 with PBKDF2 and ARIA"),
        // As OpenSSL made them by default before 1.1.0.
        ("-v2 aes-256-cbc -v2prf hmacWithSHA1", "PBES2 with PBKDF2 by HMAC-SHA-1 and AES"),
        ("-v1 PBE-MD5-DES -provider legacy -provider default", "PBES1 with MD5 and DES"),
    ];
    for (at, (options, found)) in made.iter().enumerate() {
        let file = format!("old{at}.pem");
        openssl(&desk, &format!("{old} {file} {options}"));
        let import = format!("key import key{at} {file}");
        let (exit, why) = desk.refused_with(&import, &phrase);
        assert_eq!((exit, why.contains(found)), (2, true), "{options}: {why}");
        assert!(!why.contains("damage"), "{why}");
        let advice = format!("openssl pkcs8 -topk8 -scrypt -in {file} -out NEW");
        assert!(why.contains(&advice), "{why}");
        let legacy =
            if options.contains("legacy") { "-provider legacy -provider default" } else { "" };
        let convert = advice.replace("openssl ", "").replace("NEW", &format!("new{at}.pem"));
        let convert = format!("{convert} -passin file:phrase -passout file:again {legacy}");
        openssl(&desk, convert.trim());
        let import = format!("key import key{at} new{at}.pem");
        assert_eq!(desk.run_with(&import, &phrase).exit, 0, "{options}");
        assert_eq!(desk.read(&format!("keys/key{at}.pub")), desk.read("keys/key0.pub"));
    }
    let headers = "-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: \
                   AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n\
                   -----END PRIVATE KEY-----\n";
    std::fs::write(desk.path("older.pem"), headers).unwrap();
    let (exit, why) = desk.refused("key import older older.pem --no-passphrase");
    assert_eq!((exit, why.contains("old PEM files (Proc-Type: 4,ENCRYPTED")), (2, true), "{why}");
}

/// A key file that others may read is corrected by its mode; no new key is needed.
#[test]
fn a_key_that_others_may_read_is_reported() {
    let desk = Desk::founded();
    let key = desk.path("keys/ada.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    for by in ["", " --by ada"] {
        let (exit, why) = desk.refused(&format!("ledger change --title New{by}"));
        assert_eq!(exit, 2);
        assert!(why.contains("found mode 0644: who can read it can take the key"), "{why}");
        assert!(why.contains("chmod 600 ~/keys/ada.key"), "{why}");
        assert!(!why.contains("annals key new NAME makes one"), "{why}");
    }
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    desk.told("ledger change --title New");
}

#[test]
fn each_key_file_that_cannot_sign_has_its_reason() {
    let desk = Desk::with_bo();
    for name in ["ada.key", "bo.key"] {
        std::fs::write(desk.path(&format!("keys/{name}")), "").unwrap();
    }
    let empty = |name: &str| format!("expected a secret key in ~/keys/{name}, found an empty file");
    let told = format!(
        "annals: no secret key in ~/keys may sign: {}; {}; annals key new NAME makes one, an admin \
         enrols it\n",
        empty("ada.key"),
        empty("bo.key")
    );
    let confirm = "confirm 0 --how reread";
    assert_eq!(desk.refused(confirm), (2, told));
    std::fs::remove_file(desk.path("keys/bo.key")).unwrap();
    assert_eq!(desk.refused(confirm), (2, format!("annals: {}\n", empty("ada.key"))));
    // A valid key of no person here.
    std::fs::remove_file(desk.path("keys/ada.key")).unwrap();
    desk.told("key new cy --name Cy --no-passphrase");
    let told = "annals: no secret key in ~/keys may sign: ~/keys/cy.key is a key that is not \
                enrolled in this ledger; hand cy.request, which is beside the key, to an admin, who \
                enrols it with annals editor add cy.request --role editor\n";
    assert_eq!(desk.refused(confirm), (2, told.to_owned()));
}

/// docs/environment.md: a variable that is empty counts as not set.
#[test]
fn a_variable_that_is_empty_counts_as_not_set() {
    let desk = Desk::founded();
    std::fs::write(desk.path("one"), "one").unwrap();
    desk.run_with("key new dee --name Dee", &[("ANNALS_PASSPHRASE_FILE", "one")]);
    let add = "editor add keys/dee.request --role admin --recovery";
    let passphrase = "key passphrase dee";
    for (line, variable) in [
        (passphrase, "ANNALS_PASSPHRASE_FILE"),
        (passphrase, "ANNALS_NEW_PASSPHRASE_FILE"),
        (add, "ANNALS_RECOVERY_FILE"),
    ] {
        let one = [("ANNALS_PASSPHRASE_FILE", "one")];
        let given = if variable == one[0].0 { &[][..] } else { &one[..] };
        let unset = desk.refused_with(line, given);
        let empty = desk.refused_with(line, &[given, &[(variable, "")]].concat());
        assert_eq!(unset, empty, "{line}");
        assert!(!empty.1.contains("No such file"), "{line}: {}", empty.1);
    }
    let status = desk.run_with("status", &[("ANNALS_CLOCK", ""), ("ANNALS_SEED", "")]);
    assert_eq!((status.exit, status.err.as_str()), (0, ""));
}

/// A key from a variable of the environment or a store of secrets has lost its line breaks.
#[test]
fn no_message_has_the_secret_of_a_key_in_another_form() {
    let desk = Desk::founded();
    let secret = "MC4CAQAwBQYDK2VwBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";
    let parts = ["-----BEGIN PRIVATE KEY-----", secret, "-----END PRIVATE KEY-----"];
    for (name, text) in [
        ("one", parts.concat()),
        ("spaces", parts.join(" ")),
        ("after", format!("# a key {}", parts.concat())),
        ("two", parts.join(" ").replace("PRIVATE KEY-----", "PRIVATE KEY-----\n").repeat(2)),
    ] {
        std::fs::write(desk.path(name), text).unwrap();
        for line in ["key import dee", "editor add", "append", "verify --log-key"] {
            let answer = desk.run(&format!("{line} {name}"));
            let all = format!("{}{}", answer.out, answer.err);
            assert!(answer.exit != 0 && !all.contains("BCIEIA"), "{line} {name}: {all}");
        }
    }
    let (exit, why) = desk.refused("key import dee one --no-passphrase");
    let expected = "annals: expected a secret key in one, found PEM without its line breaks; put \
                    `-----BEGIN …-----`, what follows it and `-----END …-----` on lines of their \
                    own\n";
    assert_eq!((exit, why.as_str()), (2, expected));
}

/// A whole key is never called damaged for what stands around its lines.
#[test]
fn a_key_with_more_behind_it_and_one_that_is_set_off_are_called_so() {
    let desk = Desk::founded();
    openssl(&desk, "genpkey -algorithm ed25519 -out made.pem");
    openssl(&desk, "pkey -in made.pem -text -out text");
    let key = desk.read("made.pem");
    let set_off: String = key.lines().map(|line| format!("  {line}\n")).collect();
    std::fs::write(desk.path("yaml"), format!("key: |\n{set_off}")).unwrap();
    std::fs::write(desk.path("note"), format!("{key}\n# of Dee\n")).unwrap();
    std::fs::write(desk.path("blank"), format!("{key}\n \r\n")).unwrap();
    let more = "a key with more behind it; keep only the lines from `-----BEGIN …-----` to \
                `-----END …-----`";
    let off = "a key whose lines are set off; remove the white space before each of them";
    for (name, found) in [("text", more), ("note", more), ("yaml", off)] {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(desk.path(name), mode).unwrap();
        let (exit, why) = desk.refused(&format!("key import dee {name} --no-passphrase"));
        let expected = format!("annals: expected a secret key in {name}, found {found}\n");
        assert_eq!((exit, why), (2, expected));
    }
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(desk.path("blank"), mode).unwrap();
    assert_eq!(desk.run("key import dee blank --no-passphrase").exit, 0);
}

#[test]
fn an_openssh_key_of_another_algorithm_is_called_so() {
    let desk = Desk::founded();
    let ecdsa = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/openssh-ecdsa.pem");
    std::fs::copy(ecdsa, desk.path("ec")).unwrap();
    let (exit, why) = desk.refused("key import dee ec");
    let expected = "annals: expected an Ed25519 key in ec, found an OpenSSH key of type \
                    \"ecdsa-sha2-nistp256\"";
    assert!(exit == 2 && why.starts_with(expected), "{why}");
}

/// A name of a folder prints no line of its own.
#[test]
fn a_line_break_in_a_path_is_shown() {
    let desk = Desk::empty();
    let new = "key new dee --name Dee --for example.org/r --no-passphrase --keys a\nrecord";
    let told = desk.told(new);
    assert!(told.starts_with("a⏎record/dee.key: secret, not encrypted\n"), "{told}");
    assert_eq!(told.lines().count(), 4, "{told}");
    let shown = desk.told("key show dee --keys a\nrecord");
    assert!(shown.contains("public   a⏎record/dee.pub\n"), "{shown}");
    assert!(!shown.contains("\nrecord"), "{shown}");
}
