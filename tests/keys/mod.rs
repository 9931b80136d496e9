//! Key files against OpenSSL and against damage: each reads the files of the other, and every fault
//! of a file is reported.
//!
//! Needs `openssl` 3.0 or newer; the test fails without it. `tests/keys/` holds files made by
//! `ssh-keygen`, of keys with no other use. Python reads the same files in
//! `tests/py/test_keys.py`.

mod texts;

use annals::entropy::Seeded;
use annals::keys::*;
use annals_core::key::SecretKey;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const PHRASE: &str = "correct horse — Пароль";

struct Place {
    _folder: TempDir,
    keys: KeyFolder,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyFolder::make(folder.path().join("keys")).unwrap();
    Place { _folder: folder, keys }
}

impl Place {
    fn at(&self, name: &str) -> PathBuf {
        self.keys.path().join(name)
    }

    /// Runs openssl with its files in the folder of keys; returns its standard output.
    fn openssl(&self, arguments: &str) -> String {
        let mut command = Command::new("openssl");
        command.current_dir(self.keys.path()).env("PHRASE", PHRASE);
        let output = command.args(arguments.split(' ')).output().expect("openssl is needed");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn only_owner(&self, name: &str) -> PathBuf {
        let path = self.at(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }
}

fn secret(name: &str) -> SecretKey {
    generate(&mut Seeded::new(name)).unwrap()
}

fn handle(name: &str) -> KeyName {
    KeyName::new(name).unwrap()
}

fn asked(
    phrases: &[&str],
) -> impl FnMut(usize) -> std::io::Result<Option<zeroize::Zeroizing<String>>> {
    let phrases: Vec<String> = phrases.iter().map(|phrase| phrase.to_string()).collect();
    move |attempt| Ok(phrases.get(attempt - 1).cloned().map(Into::into))
}

fn add(place: &Place, name: &str, protection: Protection<'_>) -> SecretKey {
    let secret = secret(name);
    place.keys.add(&handle(name), &secret, protection, &mut Seeded::new("salt")).unwrap();
    secret
}

/// The value under a title of `openssl pkey -text`, as hex.
fn hex_after(text: &str, title: &str) -> String {
    let rest = text.split(title).nth(1).unwrap_or_else(|| panic!("no {title} in {text}"));
    let digits = rest.lines().skip(1).take_while(|line| line.starts_with("    "));
    digits.collect::<String>().replace([' ', ':'], "")
}

#[test]
fn openssl_reads_what_we_write() {
    let place = place();
    let ada = add(&place, "ada", Protection::Passphrase(PHRASE));
    let bo = add(&place, "bo", Protection::Unencrypted);
    for (name, secret) in [("ada", &ada), ("bo", &bo)] {
        let text = place.openssl(&format!("pkey -in {name}.key -passin env:PHRASE -noout -text"));
        assert!(text.starts_with("ED25519 Private-Key"), "{text}");
        assert_eq!(hex_after(&text, "priv:"), hex::encode(*secret.seed()));
        assert_eq!(hex_after(&text, "pub:"), secret.public().to_string());
        let text = place.openssl(&format!("pkey -pubin -in {name}.pub -noout -text"));
        assert_eq!(hex_after(&text, "pub:"), secret.public().to_string());
        let own = place.openssl(&format!("pkey -in {name}.key -passin env:PHRASE -pubout"));
        assert_eq!(own, write_public(&secret.public()), "the same bytes");
    }
    let parsed = place.openssl("asn1parse -in ada.key");
    assert!(parsed.contains("aes-256-cbc") && parsed.contains(":scrypt"), "{parsed}");
    assert!(parsed.contains("INTEGER           :4000"), "N is 2^14: {parsed}");
}

#[test]
fn the_version_is_1_and_nothing_follows_the_seed() {
    let place = place();
    let bo = add(&place, "bo", Protection::Unencrypted);
    let text = fs::read_to_string(place.at("bo.key")).unwrap();
    let base64: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    let der = annals_core::tlog::from_base64(&base64).unwrap();
    let head = "302e020100300506032b657004220420";
    assert_eq!(hex::encode(&der), format!("{head}{}", hex::encode(*bo.seed())));
    let ada = add(&place, "ada", Protection::Passphrase(PHRASE));
    place.openssl("pkcs8 -in ada.key -passin env:PHRASE -outform DER -out ada.der");
    let der = fs::read(place.at("ada.der")).unwrap();
    assert_eq!(hex::encode(&der), format!("{head}{}", hex::encode(*ada.seed())));
}

#[test]
fn we_read_what_openssl_writes() {
    let place = place();
    place.openssl("genpkey -algorithm ED25519 -out plain.key");
    place.openssl("pkey -in plain.key -pubout -out plain.pub");
    for (name, how) in [("scrypt", "-scrypt"), ("pbkdf2", "-v2prf hmacWithSHA256"), ("gone", "")] {
        let how = format!("pkcs8 -topk8 -in plain.key -passout env:PHRASE -out {name}.key {how}");
        place.openssl(how.trim_end());
        fs::copy(place.at("plain.pub"), place.at(&format!("{name}.pub"))).unwrap();
    }
    for name in ["plain", "scrypt", "pbkdf2", "gone"] {
        place.only_owner(&format!("{name}.key"));
        let secret = place.keys.secret(&handle(name), &mut asked(&[PHRASE])).unwrap();
        assert_eq!(secret.public(), place.keys.public(&handle("plain")).unwrap());
    }
    let sha1 = "pkcs8 -topk8 -in plain.key -passout env:PHRASE -v2prf hmacWithSHA1 -out sha1.key";
    place.openssl(sha1);
    let fault =
        import(&place.at("sha1.key"), OpensshUse::Unknown, &mut asked(&[PHRASE])).unwrap_err();
    assert!(matches!(fault, KeysError::Encryption { .. }), "{fault}");
}

#[test]
fn version_2_is_read_and_its_public_half_is_compared() {
    let place = place();
    let ada = secret("ada");
    let v2 = |public: [u8; 32]| {
        let mut der = hex::decode("3051020101300506032b657004220420").unwrap();
        der.extend(*ada.seed());
        der.extend([0x81, 0x21, 0x00]);
        der.extend(public);
        let base64 = annals_core::tlog::to_base64(&der);
        let text = format!("{}\n{}", &base64[..64], &base64[64..]);
        let path = place.at("v2.key");
        fs::write(&path, format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----"))
            .unwrap();
        import(&path, OpensshUse::Unknown, &mut asked(&[]))
    };
    assert_eq!(v2(ada.public().0).unwrap().public(), ada.public());
    let fault = v2(secret("bo").public().0).unwrap_err();
    assert!(matches!(fault, KeysError::Damaged { .. }), "{fault}");
}

#[test]
fn three_tries() {
    let place = place();
    let ada = add(&place, "ada", Protection::Passphrase(PHRASE));
    let try_with = |phrases: &[&str]| place.keys.secret(&handle("ada"), &mut asked(phrases));
    assert_eq!(try_with(&["no", "no", PHRASE]).unwrap().public(), ada.public());
    let refused = |phrases: &[&str]| try_with(phrases).unwrap_err();
    assert!(matches!(refused(&[]), KeysError::NeedsPassphrase { .. }));
    assert!(matches!(refused(&["no"]), KeysError::WrongPassphrase { tries: 1, .. }));
    let four = refused(&["no", "", "nor this", PHRASE]);
    assert!(matches!(four, KeysError::WrongPassphrase { tries: 3, .. }));
    let mut broken = |_| Err(std::io::Error::other("no terminal"));
    let fault = place.keys.secret(&handle("ada"), &mut broken).unwrap_err();
    assert!(matches!(fault, KeysError::Asking { .. }));
    let empty = write_secret(&ada, Protection::Passphrase(""), &mut Seeded::new("salt"));
    assert!(matches!(empty, Err(KeysError::EmptyPassphrase)));
}

/// A passphrase is the same in each form in which keyboards and files give it, also of a key that
/// was encrypted with another form than the one written here.
#[test]
fn a_passphrase_is_the_same_composed_and_decomposed() {
    let place = place();
    let (composed, decomposed) = ("caf\u{e9} horse", "cafe\u{301} horse");
    for (name, new) in [("ada", composed), ("bo", decomposed)] {
        let secret = add(&place, name, Protection::Passphrase(new));
        for typed in [composed, decomposed] {
            let opened = place.keys.secret(&handle(name), &mut asked(&[typed])).unwrap();
            assert_eq!(opened.public(), secret.public());
        }
        let other = place.keys.secret(&handle(name), &mut asked(&["cafe horse"])).unwrap_err();
        assert!(matches!(other, KeysError::WrongPassphrase { .. }), "{other}");
    }
    place.openssl("genpkey -algorithm ED25519 -out plain.key");
    for (name, written) in [("composed", composed), ("decomposed", decomposed)] {
        let out = format!("pkcs8 -topk8 -in plain.key -passout env:PHRASE -out {name}.key");
        let mut command = Command::new("openssl");
        command.current_dir(place.keys.path()).env("PHRASE", written);
        assert!(command.args(out.split(' ')).status().unwrap().success());
        place.only_owner(&format!("{name}.key"));
        for typed in [composed, decomposed] {
            place.keys.secret(&handle(name), &mut asked(&[typed])).unwrap();
        }
    }
}

#[test]
fn a_secret_key_that_others_may_touch_is_refused() {
    let place = place();
    add(&place, "ada", Protection::Unencrypted);
    place.keys.add_log(&secret("log"), &mut Seeded::new("salt")).unwrap();
    for name in ["ada.key", "log.key"] {
        let mode = fs::metadata(place.at(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600, "{name}");
    }
    for mode in [0o640, 0o604, 0o620, 0o644, 0o777] {
        for name in ["ada.key", "log.key"] {
            fs::set_permissions(place.at(name), fs::Permissions::from_mode(mode)).unwrap();
        }
        let fault = place.keys.secret(&handle("ada"), &mut asked(&[])).unwrap_err();
        assert!(fault.to_string().contains("Run: chmod 600 "), "{fault}");
        assert!(matches!(place.keys.log(), Err(KeysError::Exposed { .. })));
        assert_eq!(place.keys.list().unwrap().faults.len(), 1);
    }
    place.only_owner("log.key");
    assert_eq!(place.keys.log().unwrap().public(), secret("log").public());
}

#[test]
fn a_file_that_is_there_is_never_overwritten() {
    let place = place();
    let ada = add(&place, "ada", Protection::Unencrypted);
    let before = fs::read(place.at("ada.key")).unwrap();
    let again = |name: &str| {
        let entropy = &mut Seeded::new("salt");
        place.keys.add(&handle(name), &secret("new"), Protection::Unencrypted, entropy)
    };
    assert!(matches!(again("ada"), Err(KeysError::Exists { .. })));
    fs::remove_file(place.at("ada.pub")).unwrap();
    assert!(matches!(again("ada"), Err(KeysError::Exists { .. })));
    assert_eq!(fs::read(place.at("ada.key")).unwrap(), before);
    place.keys.add_public(&handle("bo"), &ada.public()).unwrap();
    assert!(matches!(again("bo"), Err(KeysError::Exists { .. })));
    assert!(!place.at("bo.key").exists(), "a public key alone holds the name");
    std::os::unix::fs::symlink("nowhere", place.at("cy.key")).unwrap();
    assert!(matches!(again("cy"), Err(KeysError::Exists { .. })));
    let add_log = || place.keys.add_log(&ada, &mut Seeded::new("salt"));
    add_log().unwrap();
    assert!(matches!(add_log(), Err(KeysError::Exists { .. })));
}

#[test]
fn another_algorithm_is_named() {
    let place = place();
    place.openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out rsa.key");
    place.openssl("rsa -in rsa.key -traditional -out oldrsa.key");
    place.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.key");
    place.openssl("ecparam -name prime256v1 -genkey -out oldec.key");
    place.openssl("genpkey -algorithm X25519 -out x.key");
    place.openssl("genpkey -algorithm ED448 -out ed448.key");
    place.openssl("pkcs8 -topk8 -in rsa.key -passout env:PHRASE -out locked.key");
    let cases = [
        ("rsa", "an RSA key"),
        ("oldrsa", "an RSA key"),
        ("ec", "an EC key"),
        ("oldec", "an EC key"),
        ("x", "an X25519 key"),
        ("ed448", "an Ed448 key"),
        ("locked", "an RSA key"),
    ];
    for (name, words) in cases {
        let path = place.only_owner(&format!("{name}.key"));
        let fault = place.keys.secret(&handle(name), &mut asked(&[PHRASE])).unwrap_err();
        assert!(matches!(fault, KeysError::Algorithm { .. }), "{name}: {fault}");
        assert!(fault.to_string().contains(&format!("found {words}")), "{name}: {fault}");
        assert!(import(&path, OpensshUse::Exclusive, &mut asked(&[PHRASE])).is_err());
    }
    place.openssl("pkey -in ec.key -pubout -out ec.pub");
    let fault = place.keys.public(&handle("ec")).unwrap_err();
    assert!(matches!(fault, KeysError::Algorithm { .. }), "{fault}");
}

#[test]
fn files_that_are_no_keys_are_refused_by_kind() {
    let place = place();
    let ada = add(&place, "ada", Protection::Unencrypted);
    let look = |text: &[u8]| {
        let path = place.at("it.key");
        fs::write(&path, text).unwrap();
        place.only_owner("it.key");
        place.keys.secret(&handle("it"), &mut asked(&[])).unwrap_err()
    };
    assert!(matches!(
        place.keys.secret(&handle("none"), &mut asked(&[])),
        Err(KeysError::Missing { .. })
    ));
    assert!(look(b"").to_string().contains("an empty file"));
    assert!(look(b"ssh-ed25519 AAAA").to_string().contains("no line `-----BEGIN"));
    assert!(look(&[b' '; 70_000]).to_string().contains("more than 65536 bytes"));
    assert!(look(write_public(&ada.public()).as_bytes()).to_string().contains("a public key"));
    assert!(look(b"-----BEGIN CERTIFICATE-----\n").to_string().contains("CERTIFICATE"));
    let openssh = fs::read("tests/keys/openssh-plain.pem").unwrap();
    assert!(look(&openssh).to_string().contains("annals key import"));
    let text = fs::read(place.at("ada.key")).unwrap();
    assert!(matches!(look(&text[..60]), KeysError::Damaged { .. }));
    // A byte order mark says nothing of the key; of two keys in a file none is meant.
    let two = [&text[..], write_public(&ada.public()).as_bytes()].concat();
    let fault = look(&two).to_string();
    let found = "found 2 keys (\"PRIVATE KEY\", \"PUBLIC KEY\"); give each a file";
    assert!(fault.ends_with(found), "{fault}");
    fs::write(place.at("marked.key"), [b"\xEF\xBB\xBF", &text[..]].concat()).unwrap();
    let path = place.only_owner("marked.key");
    let read = import(&path, OpensshUse::Unknown, &mut asked(&[])).unwrap();
    assert_eq!(read.public(), ada.public());
    fs::create_dir(place.at("folder.key")).unwrap();
    let fault = place.keys.secret(&handle("folder"), &mut asked(&[])).unwrap_err();
    assert!(fault.to_string().contains("found a folder"), "{fault}");
    // With the identity as public key, every signature may verify.
    let mut identity = [0; 32];
    identity[0] = 1;
    place.keys.add_public(&handle("weak"), &annals_core::key::PublicKey(identity)).unwrap();
    let fault = place.keys.public(&handle("weak")).unwrap_err();
    assert!(matches!(fault, KeysError::Unacceptable { .. }), "{fault}");
}

#[test]
fn a_damaged_file_never_gives_another_key() {
    let place = place();
    let ada = add(&place, "ada", Protection::Unencrypted);
    place.openssl(
        "pkcs8 -topk8 -in ada.key -passout env:PHRASE -out cheap.key \
         -scrypt_N 2 -scrypt_r 1 -scrypt_p 1",
    );
    let mut others = 0;
    for name in ["ada.key", "cheap.key"] {
        let text = fs::read(place.at(name)).unwrap();
        fs::copy(place.at("ada.pub"), place.at("it.pub")).unwrap();
        let read = |bytes: &[u8]| {
            fs::write(place.at("it.key"), bytes).unwrap();
            place.only_owner("it.key");
            let alone = import(&place.at("it.key"), OpensshUse::Exclusive, &mut asked(&[PHRASE]));
            match place.keys.secret(&handle("it"), &mut asked(&[PHRASE])) {
                Ok(secret) => assert_eq!(secret.public(), ada.public()),
                Err(KeysError::NotOfItsPublic { .. }) => return alone.is_ok(),
                Err(_) => {}
            }
            false
        };
        for at in 0..text.len() {
            read(&text[..at]);
            for byte in [b'A', b'/', b'\n', 0xFF, text[at] ^ 1] {
                let mut changed = text.clone();
                changed[at] = byte;
                others += usize::from(read(&changed));
            }
        }
    }
    assert!(others > 100, "without the public key beside it, {others} of these pass for keys");
}

#[test]
fn an_openssh_key_needs_a_word() {
    let read = |name: &str, sure| {
        let path = Path::new("tests/keys").join(format!("openssh-{name}.pem"));
        import(&path, sure, &mut asked(&["secret"]))
    };
    let expected = "899bb1043a7f55792ff7d98a4604d490171158e3a30e2ecb8924d78f0665a59a";
    assert_eq!(read("plain", OpensshUse::Exclusive).unwrap().public().to_string(), expected);
    let fault = read("plain", OpensshUse::Unknown).unwrap_err();
    assert!(fault.to_string().contains("an agent that holds it signs"), "{fault}");
    let fault = read("encrypted", OpensshUse::Exclusive).unwrap_err();
    assert!(fault.to_string().contains("ssh-keygen -p"), "{fault}");
    let fault = read("ecdsa", OpensshUse::Exclusive).unwrap_err();
    assert!(fault.to_string().contains("ecdsa-sha2-nistp256"), "{fault}");
    let place = place();
    let text = fs::read("tests/keys/openssh-plain.pem").unwrap();
    let path = place.at("damaged");
    for at in 0..text.len() {
        for byte in [b'A', b'/', text[at] ^ 1] {
            let mut changed = text.clone();
            changed[at] = byte;
            fs::write(&path, changed).unwrap();
            if let Ok(secret) = import(&path, OpensshUse::Exclusive, &mut asked(&[])) {
                assert_eq!(secret.public().to_string(), expected, "byte {at}");
            }
        }
        fs::write(&path, &text[..at]).unwrap();
        let _ = import(&path, OpensshUse::Exclusive, &mut asked(&[]));
    }
}

#[test]
fn the_list_of_keys() {
    let place = place();
    let ada = add(&place, "ada", Protection::Passphrase(PHRASE));
    let bo = add(&place, "bo", Protection::Unencrypted);
    place.keys.add_public(&handle("cy"), &secret("cy").public()).unwrap();
    place.keys.add_log(&secret("log"), &mut Seeded::new("salt")).unwrap();
    fs::write(place.at("dee.key"), "no key").unwrap();
    place.only_owner("dee.key");
    fs::write(place.at("Eve.pub"), "no name").unwrap();
    fs::write(place.at("notes.txt"), "no key").unwrap();
    let listing = place.keys.list().unwrap();
    let line = |name, public, held| ListedKey { handle: handle(name), public: Some(public), held };
    assert_eq!(
        listing.keys,
        [
            line("ada", ada.public(), KeyPresence::Encrypted),
            line("bo", bo.public(), KeyPresence::Unencrypted),
            line("cy", secret("cy").public(), KeyPresence::Elsewhere),
        ]
    );
    assert_eq!(listing.faults.len(), 2, "{:?}", listing.faults);
    assert_eq!(place.keys.handle_of(&bo.public()).unwrap(), Some(handle("bo")));
    assert_eq!(place.keys.handle_of(&secret("log").public()).unwrap(), None);
    fs::remove_file(place.at("ada.pub")).unwrap();
    assert_eq!(place.keys.list().unwrap().keys[0].public, None, "it is encrypted");
    assert!(matches!(KeyFolder::open(place.at("none")), Err(KeysError::NoFolder { .. })));
}
