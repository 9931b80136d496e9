//! The address of a database, with what the environment says of it, and the witness that is the
//! memory of a log key.

use crate::cli::terminal::CliError;
use crate::database::DatabaseAddress;
use crate::ledger::error::LedgerError;
use crate::ledger::home_mark::MemoryWitness;
use annals_core::tlog::{KeyKind, VerifierKey};
use clap::Args;

/// Reads the address of a database; its password may be in `PGPASSWORD`, and the certificates of
/// the authorities that are trusted in the file that `PGSSLROOTCERT` names.
pub fn database_address(text: &str) -> Result<DatabaseAddress, CliError> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (password, authorities) = (set("PGPASSWORD"), set("PGSSLROOTCERT"));
    let address = DatabaseAddress::parse(text, password.as_deref(), authorities.as_deref());
    Ok(address.map_err(LedgerError::from)?)
}

/// The witness that is the memory of the log key.
#[derive(Clone, Debug, Args)]
pub struct MemoryArgs {
    /// A witness of one's own that remembers what the log key signed, in place of keys/log.marks:
    /// on another machine than the database, so that a failover or a backup cannot take it back;
    /// the copy says it from then on
    #[arg(long, value_name = "URL", requires = "memory_key")]
    memory: Option<String>,
    /// The verifier key of that witness
    #[arg(long, value_name = "VKEY", requires = "memory")]
    memory_key: Option<String>,
}

impl MemoryArgs {
    /// The witness, if one is named.
    ///
    /// Errors: its key is not a witness's, its address none of HTTP.
    pub fn witness(&self) -> Result<Option<MemoryWitness>, CliError> {
        let (Some(url), Some(key)) = (&self.memory, &self.memory_key) else { return Ok(None) };
        let key = VerifierKey::parse(key);
        let key = key.map_err(|why| CliError::usage(format!("--memory-key: {why}")))?;
        if key.kind != KeyKind::Cosignature {
            return Err(CliError::usage(
                "--memory-key: expected a witness's key, of type 04; found a log's, of type 01",
            ));
        }
        let is_address = url.starts_with("https://") || url.starts_with("http://");
        if !is_address || url.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(CliError::usage(format!(
                "--memory: expected the http(s) address of a witness, found {url}"
            )));
        }
        Ok(Some(MemoryWitness { url: url.trim_end_matches('/').to_owned(), key }))
    }
}
