//! The keys in the folder of keys beside a ledger, and who they make the reader.
//!
//! Always holds: no passphrase is asked for. Not here: signing (`terminal::signing_key`).

use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::{CliError, Context, enrolled_by, shown_path, visible};
use crate::disk::closed::is_closed;
use crate::disk::{is_folder_at, is_there};
use crate::keys::{KeyFolder, KeyName, KeyPresence};
use crate::ledger::query::View;
use crate::ledger::query::names::Names;
use crate::witness::key;
use annals_core::event::vocabulary::Role;
use annals_core::roster::Member;
use std::path::Path;

/// The keys in the folder of keys, by what they may do in this record.
pub struct KeysHere<'a> {
    folder: &'a Path,
    state: FolderState,
    /// Those that may sign.
    pub signers: Vec<SignerHere>,
    /// The encrypted ones without their public key: whose they are, their passphrase shows.
    unknown: Vec<String>,
    /// Those that are in no row of the roster: made, and not yet enrolled.
    not_enrolled: Vec<String>,
    /// Those that are revoked.
    revoked: Vec<RevokedHere>,
}

/// A key here that may sign.
pub struct SignerHere {
    /// Its name.
    pub name: KeyName,
    /// Its holder, its name and its roles.
    pub text: String,
}

/// A key here that is revoked.
struct RevokedHere {
    name: String,
    /// The position of the revocation.
    by: u64,
}

/// Whether the keys can be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FolderState {
    Absent,
    /// This user may not look into it.
    Closed,
    Open,
}

impl<'a> KeysHere<'a> {
    /// Reads them.
    pub fn read(
        context: &Context,
        view: &View<'a>,
        names: &Names,
    ) -> Result<KeysHere<'a>, CliError> {
        let folder = &*view.record.paths.keys;
        let state = match has_keys(folder)? {
            true => FolderState::Open,
            false if is_closed(&folder.join("log.key")) => FolderState::Closed,
            false => FolderState::Absent,
        };
        let signers = all_here(context, view)?.into_iter().map(|(name, member)| {
            let roles: Vec<String> =
                Vec::<Role>::from(member.roles).iter().map(Role::to_string).collect();
            let holder = visible(&names.of(&member.key));
            let text = format!("{holder} ({name}): {}", roles.join(", "));
            SignerHere { name, text }
        });
        let mut keys = KeysHere {
            folder,
            state,
            signers: signers.collect(),
            unknown: Vec::new(),
            not_enrolled: Vec::new(),
            revoked: Vec::new(),
        };
        if state == FolderState::Open {
            let folder = KeyFolder::open(folder)?;
            let roster = &view.state().fold.roster;
            // A witness's key is enrolled nowhere.
            let is_witness =
                |name: &KeyName| is_there(&key::path(&folder, name)).is_ok_and(|is| is);
            for listed in folder.list()?.keys {
                let name = listed.handle.to_string();
                match listed.public.map(|public| roster.member(&public)) {
                    None => keys.unknown.push(name),
                    Some(Some(member)) => {
                        keys.revoked.extend(member.revoked.map(|by| RevokedHere { name, by }));
                    }
                    Some(None)
                        if listed.held != KeyPresence::Elsewhere && !is_witness(&listed.handle) =>
                    {
                        keys.not_enrolled.push(name);
                    }
                    Some(None) => {}
                }
            }
        }
        Ok(keys)
    }

    /// Why the named editor, of whom no key here may sign, is a reader; `None` where nothing is
    /// known of this name.
    pub fn named_reader(&self, named: &str) -> Option<String> {
        if self.unknown.iter().any(|name| name == named) {
            return Some(format!(
                "who holds the key {named}, which is not known without its passphrase: {named}.pub \
                 is not beside it"
            ));
        }
        if self.not_enrolled.iter().any(|name| name == named) {
            return Some(new_key(named));
        }
        if let Some(revoked) = self.revoked.iter().find(|key| key.name == named) {
            return Some(format!("a reader: {}", revoked.text()));
        }
        let signers: Vec<&str> = self.signers.iter().map(|key| key.text.as_str()).collect();
        (!signers.is_empty()).then(|| {
            format!(
                "a reader: {}, whom --by or ANNALS_EDITOR names, has no key here that may sign; \
                 here may sign {}",
                visible(named),
                signers.join("; ")
            )
        })
    }

    /// Why somebody is a reader where no key here may sign.
    pub fn reader(&self) -> String {
        match (self.state, &*self.unknown, &*self.revoked, &*self.not_enrolled) {
            (FolderState::Closed, ..) => {
                "a reader: this user may not read the folder of keys".to_owned()
            }
            (FolderState::Absent, ..) => {
                let keys = shown_path(self.folder);
                let why = format!(
                    "a reader: there is no folder of keys at {keys}; --keys DIR names another, \
                     annals key new NAME makes one"
                );
                with_places(&why).into()
            }
            (FolderState::Open, [first, ..], ..) => format!(
                "a reader, or who holds the key {first}, which is not known without its \
                 passphrase: {first}.pub is not beside it"
            ),
            (FolderState::Open, [], [], []) => {
                let why = "a reader: no key here may sign; annals key new NAME makes one";
                with_places(why).into()
            }
            (FolderState::Open, [], [], [one]) => new_key(one),
            (FolderState::Open, [], [], several) => {
                format!("a reader: not enrolled in this ledger: {}", several.join(", "))
            }
            (FolderState::Open, [], revoked, _) => {
                let why: Vec<String> = revoked.iter().map(RevokedHere::text).collect();
                format!("a reader: {}", why.join("; "))
            }
        }
    }

    /// Which other keys here may sign too, as far as it is known.
    pub fn unknown_too(&self) -> String {
        match &*self.unknown {
            [] => String::new(),
            names => format!(
                "; not known without a passphrase, for no .pub is beside them: {}",
                names.join(", ")
            ),
        }
    }
}

impl RevokedHere {
    fn text(&self) -> String {
        format!("the key {} is revoked since event {}", self.name, self.by)
    }
}

/// The sentence that a key here is not enrolled, and how to enrol it.
fn new_key(name: &str) -> String {
    format!("a reader: the key {name} is not enrolled in this ledger; {}", enrolled_by(name))
}

/// The keys here that may sign; of the editor named, if one is.
pub fn here<'a>(
    context: &Context,
    view: &'a View<'_>,
) -> Result<Vec<(KeyName, &'a Member)>, CliError> {
    let wanted = context.global.editor.as_deref();
    let fits = |name: &KeyName| wanted.is_none_or(|wanted| wanted == &**name);
    Ok(all_here(context, view)?.into_iter().filter(|(name, _)| fits(name)).collect())
}

/// The keys here that may sign.
pub fn all_here<'a>(
    context: &Context,
    view: &'a View<'_>,
) -> Result<Vec<(KeyName, &'a Member)>, CliError> {
    let roster = &view.state().fold.roster;
    let signers = match has_keys(&view.record.paths.keys)? {
        true => context.signers(roster)?,
        false => Vec::new(),
    };
    let here = signers.into_iter();
    Ok(here.filter_map(|(name, key)| Some((name, roster.member(&key)?))).collect())
}

/// Whether there is a folder of keys that this user may look into.
pub fn has_keys(folder: &Path) -> Result<bool, CliError> {
    Ok(is_folder_at(folder)? && !is_closed(&folder.join("log.key")))
}
