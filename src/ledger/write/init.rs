//! Init: creates a ledger with its first event.
//!
//! Always holds: nothing is overwritten; the recovery key is returned once and stored nowhere; if a
//! step fails, everything that this run created is removed; an interrupted run leaves no event
//! without the keys that can continue it. Not here: prompts (`cli`).
//! Source: FORMAT.md sections 2 and 4, `ledger.opened`.

mod place;

use crate::clock::Clock;
use crate::disk::{self, FileMode, Links};
use crate::entropy::{Entropy, draw};
use crate::keys::{KeyFolder, KeyName, NewKey, Protection, generate, write_recovery};
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::write::batch::{slot, verify_last};
use crate::ledger::write::prepared_batch::PreparedBatch;
use crate::ledger::write::resolve::ResolvedDraft;
use crate::ledger::write::sign::sign_draft;
use crate::ledger::write::writer::Writer;
use annals_core::event::args::{self, Args, Nonce, Roles};
use annals_core::event::body::{self, Content, Short};
use annals_core::key::SecretKey;
use annals_core::text::{Origin, Person};
pub use place::expect_free;
use std::fs;
use zeroize::Zeroizing;

/// The parameters of a new ledger.
pub struct InitOptions {
    /// Its permanent name.
    pub origin: Origin,
    /// Its title.
    pub title: Short,
    /// The licence of its texts.
    pub licence: Short,
    /// The corrections policy, if there is one.
    pub corrections_policy: Option<Short>,
    /// The number of confirmations that make a fact confirmed: 1 to 9.
    pub confirmations: u64,
    /// The maximum distance of a statement from its base: 0 to 65,536 events.
    pub window: u64,
    /// The founder's name.
    pub name: Short,
    /// The name of the founder's key file.
    pub handle: KeyName,
}

/// A new ledger.
pub struct InitOutcome {
    /// The writer, open.
    pub writer: Writer,
    /// The founder's key.
    pub key: SecretKey,
    /// The recovery key as text to be printed.
    pub recovery: Zeroizing<String>,
}

/// Creates a ledger, its log key and its founder's key.
pub fn init(
    paths: Paths,
    founding: &InitOptions,
    protection: Protection<'_>,
    clock: &mut Clock,
    entropy: &mut dyn Entropy,
) -> Result<InitOutcome, LedgerError> {
    expect_free(&paths)?;
    let before = Before::of(&paths)?;
    let folder = KeyFolder::make(&paths.keys)?;
    folder.check_free(&founding.handle)?;
    let (founder, log) = (generate(entropy)?, generate(entropy)?);
    let keys = FirstKeys { founder, log, recovery: generate(entropy)? };
    match make(&paths, founding, &keys, &folder, protection, clock, entropy) {
        Ok(writer) => {
            let recovery = write_recovery(&keys.recovery);
            Ok(InitOutcome { writer, key: keys.founder, recovery })
        }
        Err(error) => {
            before.restore(&paths, &error);
            Err(error)
        }
    }
}

/// The keys of a new ledger.
struct FirstKeys {
    founder: SecretKey,
    log: SecretKey,
    recovery: SecretKey,
}

/// Creates the ledger, stores the keys, and writes the first event, in this order: a record without
/// the keys that sign it could never continue.
fn make(
    paths: &Paths,
    founding: &InitOptions,
    keys: &FirstKeys,
    folder: &KeyFolder,
    protection: Protection<'_>,
    clock: &mut Clock,
    entropy: &mut dyn Entropy,
) -> Result<Writer, LedgerError> {
    let (mut writer, opening) = opening(paths, founding, keys, clock, entropy)?;
    let new = |handle, secret, protection| NewKey { handle, secret, protection, request: None };
    let name = KeyName::log();
    let founder = new(&founding.handle, &keys.founder, protection);
    let log = new(&name, &keys.log, Protection::Unencrypted);
    folder.add_new(&founder, entropy)?;
    folder.add_new(&log, entropy).inspect_err(|_| folder.remove_new(&founder))?;
    let written = writer.commit(&opening.entries, &[]);
    written.inspect_err(|_| [&founder, &log].into_iter().for_each(|new| folder.remove_new(new)))?;
    Ok(writer)
}

/// An empty ledger, and its first event, signed and verified.
fn opening(
    paths: &Paths,
    founding: &InitOptions,
    keys: &FirstKeys,
    clock: &mut Clock,
    entropy: &mut dyn Entropy,
) -> Result<(Writer, PreparedBatch), LedgerError> {
    let mut writer = Writer::create(paths.clone(), keys.log.clone())?;
    let readme = readme(&founding.origin);
    disk::write_new(&paths.ledger.join("README"), readme.as_bytes(), FileMode::Shared)?;
    let person: [u8; 16] = draw(entropy)?;
    let args = Args::LedgerOpened(args::LedgerOpened {
        nonce: Nonce(draw(entropy)?),
        origin: founding.origin.clone(),
        log_key: keys.log.public(),
        window: founding.window,
        confirmations: founding.confirmations,
        recovery: Some(keys.recovery.public().digest()),
        person: new_person(person)?,
        roles: Roles { admin: true, editor: true },
    });
    let content = Content::LedgerOpened(body::Opened {
        title: founding.title.clone(),
        licence: founding.licence.clone(),
        name: founding.name.clone(),
        corrections_policy: founding.corrections_policy.clone(),
    });
    let resolved = ResolvedDraft { args, content, document: None };
    let slot = slot(&writer, clock.now());
    let entry = sign_draft(&resolved, &slot, &keys.founder, entropy)?;
    let prepared = PreparedBatch { entries: vec![entry], ..PreparedBatch::default() };
    if let Some(broken) = verify_last(&mut writer, &prepared)? {
        return Err(LedgerError::Usage(broken.why));
    }
    Ok((writer, prepared))
}

/// A person drawn at random.
pub fn new_person(bytes: [u8; 16]) -> Result<Person, LedgerError> {
    Person::new(hex::encode(bytes)).map_err(|error| LedgerError::Usage(error.to_string()))
}

/// The files that existed before; a failed init leaves them.
struct Before {
    keys: bool,
    marks: bool,
}

impl Before {
    fn of(paths: &Paths) -> Result<Before, LedgerError> {
        let keys = disk::kind(&paths.keys, Links::Follow)?.is_some();
        Ok(Before { keys, marks: disk::is_there(&paths.marks())? })
    }

    /// Removes what a failed init created. A ledger that another init created meanwhile stays, and
    /// so do marks that existed before, because they are those of other records.
    fn restore(&self, paths: &Paths, why: &LedgerError) {
        let others = match why {
            LedgerError::ThereAlready(_) => true,
            LedgerError::Disk(error) => error.is_there_already(),
            _ => false,
        };
        // Best effort: the error that led here is the one to report. A folder of keys that is not
        // empty stays.
        if !others {
            let _ = fs::remove_dir_all(&paths.ledger);
            if !self.marks {
                let _ = fs::remove_file(paths.marks());
            }
        }
        if !self.keys {
            let _ = fs::remove_dir(&paths.keys);
        }
    }
}

fn readme(origin: &Origin) -> String {
    format!(
        "This folder is an annals record, format 1, named {origin}.\n\n\
         journal/     the record: text, three lines an event and one for its body;\n\
         \x20            FORMAT.md of the annals project says every byte\n\
         document/    documents as captured, named by their SHA-256 (sha256sum checks them)\n\
         checkpoint   the signed tree head: size and root of the record\n\
         db/          a store made from the journal; it can be deleted and is no evidence\n\n\
         To check it: annals verify --ledger <this folder>\n\
         By hand: the hash of an event is SHA-256 of the byte 00 and its three lines; it\n\
         is `prev` of the next event. The third line is the Ed25519 signature, by the\n\
         key `by`, over `annals/event/v1` and the SHA-256 of the second line without its\n\
         newline. The fourth line is the body; its SHA-256 is `body` of the second line.\n"
    )
}
