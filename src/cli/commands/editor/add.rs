//! `annals editor add`: enrols a key by the request of its holder.

use crate::cli::commands::editor::names::{NameOf, Namesakes, check_name, reading};
use crate::cli::render::called;
use crate::cli::shared::admin::is_admin;
use crate::cli::shared::{
    ActText, Details, DryRunArgs, admin, fit_name, new_phrase, print_dry_run, print_receipt,
    protection, words,
};
use crate::cli::terminal::{CliError, Context, Exit, note, visible};
use crate::disk::is_folder_at;
use crate::entropy::draw;
use crate::keys::{
    KeyFolder, KeyName, KeyPresence, KeysError, ListedKey, NewKey, Request, generate, read_request,
};
use crate::ledger::error::LedgerError;
use crate::ledger::file_kind::{FileKind, expect_kind};
use crate::ledger::query::names::Names;
use crate::ledger::reader::Record;
use crate::ledger::write::editors::{Directory, enrolment, parameters};
use crate::ledger::write::init::new_person;
use crate::ledger::write::prepared_batch::{PreparedBatch, Receipt};
use crate::ledger::write::writer::Writer;
use annals_core::event::args::Roles;
use annals_core::event::vocabulary::Role;
use annals_core::key::{PublicKey, SecretKey, SigningKey};
use annals_core::roster::Member;
use annals_core::text::Words;
use clap::Args;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

#[derive(Clone, Debug, Args)]
pub struct EditorAddArgs {
    /// The request that its holder made with annals key new
    #[arg(value_name = "FILE.request", required_unless_present = "local")]
    request: Option<PathBuf>,
    /// What it may sign: admin or editor; may be given twice
    #[arg(long = "role", value_name = "ROLE", value_parser = admin::role(), required = true)]
    roles: Vec<Role>,
    /// Its holder is the one of this key: its name here, a name in the record, or digits of it
    #[arg(long, value_name = "NAME")]
    person_of: Option<String>,
    /// It is another person than the one in the record with that name, or with one that looks like
    /// it; answers then show both with the digits of their keys
    #[arg(long, conflicts_with = "person_of")]
    same_name: bool,
    /// Make the key here, for a desk that shares a machine
    #[arg(long, value_name = "NAME", requires = "name", conflicts_with = "request")]
    local: Option<String>,
    /// The holder's name, with --local
    #[arg(long, value_name = "WORDS", requires = "local")]
    name: Option<String>,
    /// With --local: leave the key unencrypted, on purpose
    #[arg(long, requires = "local")]
    no_passphrase: bool,
    /// Sign with the recovery key, typed from the paper or in the file ANNALS_RECOVERY_FILE
    #[arg(long)]
    recovery: bool,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// A key that is generated here.
struct Local {
    handle: KeyName,
    secret: SecretKey,
}

impl Local {
    fn new_key<'a>(
        &'a self,
        request: &'a Request,
        phrase: Option<&'a Zeroizing<String>>,
    ) -> NewKey<'a> {
        let protection = protection(phrase);
        let (handle, secret, request) = (&self.handle, &self.secret, Some(request));
        NewKey { handle, secret, protection, request }
    }
}

pub fn run(context: &mut Context, args: EditorAddArgs) -> Result<Exit, CliError> {
    // A damaged request is reported before a passphrase is requested.
    let sent = args.request.as_ref().map(|path| sent_request(path)).transpose()?;
    context.dry_run = args.dry_run.on;
    let mut writer = context.writer()?;
    let (_, names) = reading(&writer)?;
    let roles = admin::roles(&args.roles);
    if let Some(first) = made_already(&writer, &names, &args)? {
        note("note: this key is enrolled so already");
        return print_receipt(
            context,
            &Receipt { first, count: 1, already: true },
            &writer,
            &Details::default(),
        );
    }
    let (request, local) = match sent {
        Some(request) => (request, None),
        None => made_here(context, &writer, &args)?,
    };
    let (person, text) = {
        let same = same_person(&writer, &names, args.person_of.as_deref())?;
        if let Some(first) = enrolled_already(&writer, &names, &request, roles, same) {
            note("note: this key is enrolled so already");
            return print_receipt(
                context,
                &Receipt { first, count: 1, already: true },
                &writer,
                &Details::default(),
            );
        }
        let namesakes = if args.same_name { Namesakes::Meant } else { Namesakes::Refused };
        if writer.verifier.chain.state.history.ever(request.key()).is_none() {
            let person = same.map(|member| &member.person);
            check_name(&names, request.name(), person, namesakes, NameOf::NewKey)?;
        }
        let text = act_text(&names, &request, roles, same);
        let person = match same {
            Some(member) => member.person.clone(),
            None => new_person(draw(&mut *context.entropy).map_err(LedgerError::from)?)?,
        };
        (person, text)
    };
    let resolved = enrolment(&writer, &request, roles, person)?;
    let by = admin::by_recovery_or(context, &writer, args.recovery, &is_admin)?;
    let key = admin::signer(context, &mut writer, &resolved, by)?;
    let prepared = admin::prepare(context, &mut writer, &key, resolved)?;
    let phrase = match &local {
        Some(local) if !context.dry_run => new_phrase(&local.handle, args.no_passphrase)?,
        _ => None,
    };
    if !admin::may_write(context, &mut writer, &key.public(), args.dry_run, &text)? {
        return print_dry_run(context, prepared.first, 1, &Details::default());
    }
    match local {
        None => admin::write(context, &mut writer, &prepared, &key, &text),
        Some(local) => {
            let new = local.new_key(&request, phrase.as_ref());
            let local = LocalEnrolment { new: &new, by: &key };
            write_local(context, &mut writer, &prepared, &local, &text)
        }
    }
}

/// The request in a file that was sent.
///
/// Errors: it is not in form, or is a file of another kind.
fn sent_request(path: &Path) -> Result<Request, CliError> {
    read_request(path).map_err(|error| {
        let advice = "name the file NAME.request that annals key new made";
        match (error, expect_kind(path, FileKind::Request, advice)) {
            // What it says of a key is more.
            (error @ KeysError::KeyForRequest { .. }, _) | (error, Ok(())) => error.into(),
            (_, Err(kind)) => kind.into(),
        }
    })
}

/// Writes the key's files first, so that no key is enrolled that nobody has; removes them if
/// nothing is written.
fn write_local(
    context: &mut Context,
    writer: &mut Writer,
    prepared: &PreparedBatch,
    local: &LocalEnrolment<'_>,
    text: &ActText,
) -> Result<Exit, CliError> {
    let keys = KeyFolder::open(&writer.paths.keys)?;
    keys.add_new(local.new, &mut *context.entropy)?;
    let written = admin::write(context, writer, prepared, local.by, text);
    // A server that did not answer may have enrolled it.
    let is_open = matches!(written, Err(CliError::Ledger(LedgerError::NotSent { .. })));
    if written.is_err() && !is_open && !is_written(writer, prepared) {
        keys.remove_new(local.new);
    }
    written
}

/// A key that is made here while it is enrolled, and who enrols it.
struct LocalEnrolment<'a> {
    new: &'a NewKey<'a>,
    by: &'a dyn SigningKey,
}

/// Whether the events are in the record, as far as it can be read.
fn is_written(writer: &Writer, prepared: &PreparedBatch) -> bool {
    Record::open(writer.paths.clone()).is_ok_and(|record| record.size() > prepared.first)
}

/// The event that enrolled this key, if it still has this name, these roles and this person: its
/// receipt may have been lost.
fn enrolled_already(
    writer: &Writer,
    names: &Names,
    request: &Request,
    roles: Roles,
    same: Option<&Member>,
) -> Option<u64> {
    let own = request.check_origin(&parameters(writer).ok()?.origin).is_ok();
    let stands = standing_enrolment(writer, names, request.key(), request.name(), roles, same);
    stands.filter(|_| own)
}

/// The enrolment of a key that has this name, these roles and this person.
fn standing_enrolment(
    writer: &Writer,
    names: &Names,
    key: &PublicKey,
    name: &str,
    roles: Roles,
    same: Option<&Member>,
) -> Option<u64> {
    let member = writer.verifier.chain.state.fold.roster.member(key)?;
    let named = names.plain(&member.key) == Some(name);
    let person = same.is_none_or(|same| same.person == member.person);
    let stands = member.revoked.is_none() && member.roles == roles;
    (named && person && stands).then_some(member.enrolled)
}

/// The enrolment of a key that was generated here by an earlier run, likewise.
fn made_already(
    writer: &Writer,
    names: &Names,
    args: &EditorAddArgs,
) -> Result<Option<u64>, CliError> {
    let (Some(local), Some(name)) = (&args.local, &args.name) else { return Ok(None) };
    if !is_folder_at(&writer.paths.keys)? {
        return Ok(None);
    }
    let keys = KeyFolder::open(&writer.paths.keys)?;
    let key = match KeyName::new(local.as_str()).and_then(|handle| keys.look(handle)) {
        Ok(ListedKey { public: Some(key), held, .. }) if held != KeyPresence::Elsewhere => key,
        // Another file in its place is reported when the key is generated.
        _ => return Ok(None),
    };
    let same = same_person(writer, names, args.person_of.as_deref())?;
    Ok(standing_enrolment(writer, names, &key, name, admin::roles(&args.roles), same))
}

fn made_here(
    context: &mut Context,
    writer: &Writer,
    args: &EditorAddArgs,
) -> Result<(Request, Option<Local>), CliError> {
    let handle = KeyName::new(args.local.clone().unwrap_or_default())?;
    if !context.dry_run || is_folder_at(&writer.paths.keys)? {
        KeyFolder::open(&writer.paths.keys)?.check_free(&handle)?;
    }
    let name = words("--name", Words::new(args.name.clone().unwrap_or_default()))?;
    fit_name("--name", &name)?;
    let secret = generate(&mut *context.entropy)?;
    let request = Request::new(&secret, parameters(writer)?.origin.clone(), name);
    Ok((request, Some(Local { handle, secret })))
}

fn same_person<'a>(
    writer: &'a Writer,
    names: &Names,
    name: Option<&str>,
) -> Result<Option<&'a Member>, CliError> {
    let roster = &writer.verifier.chain.state.fold.roster;
    let directory = Directory { names, roster, keys: &writer.paths.keys };
    let found = name.map(|name| directory.person(name)).transpose()?;
    Ok(found.and_then(|row| roster.member(&row.key)))
}

fn act_text(names: &Names, request: &Request, roles: Roles, same: Option<&Member>) -> ActText {
    let name = visible(request.name());
    let mut before = vec![format!("key {}", request.key())];
    let person = same.map(|row| called(names.plain(&row.key).unwrap_or_default(), &row.key));
    before.push(match &person {
        Some(same) => format!("the same person as {same}"),
        None => "a person who is not in the record yet".to_owned(),
    });
    if same.is_none() {
        for key in names.taken_by(request.name(), None) {
            let other = called(names.plain(&key).unwrap_or_default(), &key);
            before.push(format!("note: another person than {other}, whose name looks like this"));
        }
    }
    let roles = admin::shown(roles);
    let same = person.map(|same| format!(", the same person as {same}")).unwrap_or_default();
    ActText {
        what: format!("enrol {name} as {roles} in {}", request.origin()),
        before,
        after: vec![format!("enrolled {name} as {roles}, key {}{same}", request.key())],
    }
}
