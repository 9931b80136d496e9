//! The names of editors: for each key its last name, as of the point.
//!
//! Always holds: a key without a name that can be read is told by the first digits of the key; a
//! name or title that a suspect revocation undid counts for nothing, but that of a key's enrolment,
//! for the key signed and must be called something.
//! Not here: handles of key files (`keys`); who may sign (`roster`).

use crate::event::args::Args;
use crate::event::body::{Content, Short};
use crate::fold::deed::Deed;
use crate::fold::history::Act;
use crate::key::PublicKey;
use crate::ledger::error::LedgerError;
use crate::ledger::view::View;
use hashbrown::HashMap;

/// Names by key, and the words about the ledger itself.
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_key: HashMap<PublicKey, String>,
    /// The title of the record.
    pub title: Option<String>,
    /// The licence of its words.
    pub licence: Option<String>,
    /// How corrections are made, where it is said.
    pub corrections_policy: Option<String>,
}

impl Names {
    /// The names as of the view's point.
    pub fn read(view: &View<'_>) -> Result<Names, LedgerError> {
        let naming = |deed: &Deed| {
            use Deed::{Changed, Enrolled, Opened, RolesChanged};
            matches!(deed, Opened(_) | Changed { .. } | Enrolled(_) | RolesChanged(_))
        };
        let stands = |act: &&Act| {
            matches!(act.deed, Deed::Enrolled(_)) || view.undone_by(act.position).is_none()
        };
        let acts = view.state().history.acts().iter().filter(stands);
        let positions: Vec<u64> =
            acts.filter(|act| naming(&act.deed)).map(|act| act.position).collect();
        let mut names = Names::default();
        view.at(&positions, &mut |seen| {
            let Some(said) = seen.statement() else { return };
            let content = view.content(seen);
            match (&said.args, content) {
                (Args::LedgerOpened(_), Ok(Content::LedgerOpened(body))) => {
                    names.name(said.by, &body.name);
                    names.ledger(&body.title, &body.licence);
                    names.policy(body.corrections_policy.as_ref());
                }
                (_, Ok(Content::LedgerChanged(body))) => {
                    names.ledger(&body.title, &body.licence);
                    names.policy(body.corrections_policy.as_ref());
                }
                (Args::EditorEnrolled(args), Ok(Content::EditorEnrolled(body))) => {
                    names.name(args.key, &body.name);
                }
                (Args::EditorChanged(args), Ok(Content::EditorChanged(body))) => {
                    names.name(args.key, &body.name);
                }
                _ => {}
            }
        })?;
        if let Some(recovery) = view.state().fold.ledger.as_ref().and_then(|l| l.recovery) {
            for act in view.state().history.acts() {
                let key = view.state().history.key(act.by);
                if let Some(key) = key.filter(|key| key.digest() == recovery) {
                    names.name(key, "recovery key");
                    break;
                }
            }
        }
        Ok(names)
    }

    fn name(&mut self, key: PublicKey, name: &str) {
        self.by_key.insert(key, name.to_owned());
    }

    fn ledger(&mut self, title: &str, licence: &str) {
        self.title = Some(title.to_owned());
        self.licence = Some(licence.to_owned());
    }

    fn policy(&mut self, policy: Option<&Short>) {
        self.corrections_policy = policy.map(Short::to_string);
    }

    /// The name of a key; its first 16 digits where it has none.
    pub fn of(&self, key: &PublicKey) -> String {
        match self.by_key.get(key) {
            Some(name) => name.clone(),
            None => format!("key {}", key.to_string().get(..16).unwrap_or_default()),
        }
    }

    /// The keys whose name is, or has the word, `name`, whatever its case; or that begin with it,
    /// where it is 8 or more digits of a key.
    pub fn keys(&self, name: &str) -> Vec<PublicKey> {
        let wanted = name.to_lowercase();
        let meant = |(key, name): &(&PublicKey, &String)| {
            let name = name.to_lowercase();
            let digits = wanted.len() >= 8 && key.to_string().starts_with(&wanted);
            digits || name == wanted || name.split_whitespace().any(|word| word == wanted)
        };
        self.by_key.iter().filter(meant).map(|(key, _)| *key).collect()
    }

    /// All names, in the order of the alphabet.
    pub fn all(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.by_key.values().map(String::as_str).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
