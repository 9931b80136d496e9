//! The address of a database, with what the environment says of it.

use crate::cli::terminal::CliError;
use crate::database::DatabaseAddress;
use crate::ledger::error::LedgerError;

/// Reads the address of a database; its password may be in `PGPASSWORD`, and the certificates of
/// the authorities that are trusted in the file that `PGSSLROOTCERT` names.
pub fn database_address(text: &str) -> Result<DatabaseAddress, CliError> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (password, authorities) = (set("PGPASSWORD"), set("PGSSLROOTCERT"));
    let address = DatabaseAddress::parse(text, password.as_deref(), authorities.as_deref());
    Ok(address.map_err(LedgerError::from)?)
}
