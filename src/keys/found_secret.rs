//! Secrets in a file that is to be published: a person may name by mistake the file that keeps what
//! `init` printed, or notes with a key among them.
//!
//! Always holds: a recovery key is known by its check digits, so no other text is taken for one.
//! Not here: files in the folder of keys (`ledger::write::draft_input`).

use crate::keys::pem::is_secret;
use crate::keys::recovery::{holds_recovery_key, is_dash};

/// What secret a file holds, in words after `holds`; `None` if none is known in it.
///
/// ```
/// use annals::keys::{found_secret, write_recovery};
/// use annals_core::key::SecretKey;
/// let printed = write_recovery(&SecretKey::from_seed([7; 32]));
/// let kept = format!("Keep this:\n\n    {}\n", printed.replace('\n', "\n    "));
/// assert_eq!(found_secret(kept.as_bytes()), Some("a recovery key"));
/// assert_eq!(found_secret(b"annals-recovery-1 is how a recovery key begins"), None);
/// ```
pub fn found_secret(bytes: &[u8]) -> Option<&'static str> {
    if is_secret(bytes) || holds_pem(bytes) {
        return Some("a secret key");
    }
    let text = String::from_utf8_lossy(bytes);
    holds_recovery_key(&text).then_some("a recovery key")
}

/// A text, such as a message that quotes what was typed, without the secrets that stand in it,
/// whether their lines are kept, lost or escaped.
///
/// ```
/// use annals::keys::without_secrets;
/// let key = "MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH";
/// let typed = format!("found -----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----");
/// assert!(!without_secrets(&typed).contains("MC4C"));
/// assert_eq!(without_secrets("expected annals-recovery-1"), "expected annals-recovery-1");
/// let digits = ["acdf-5719", "ea62 1b2c"].join("-").repeat(5);
/// for label in ["annals-recovery-1 ", "ANNALS-RECOVERY-1: ", "annals-recovery-1=\""] {
///     assert!(!without_secrets(&format!("{label}{digits}")).contains("acdf"), "{label}");
/// }
/// ```
pub fn without_secrets(text: &str) -> String {
    const RECOVERY: &str = "annals-recovery-1";
    /// In lower case.
    const LABELS: [&str; 3] = ["private key-----", "private+key+", RECOVERY];
    /// From so many letters and digits on it is a secret.
    const SHORTEST: usize = 32;
    let is_part =
        |c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || "+/=\\{}⏎:\"'”".contains(c);
    // Each letter has as many bytes in this case.
    let folded = text.to_ascii_lowercase();
    let mut found: Vec<(usize, &str)> =
        LABELS.iter().flat_map(|label| folded.match_indices(label)).collect();
    found.sort_unstable();
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for (at, label) in found {
        let end = at + label.len();
        // The groups of a recovery key stand between dashes; a dash ends a key of PEM.
        let is_of_key = |c: char| is_part(c) || label == RECOVERY && is_dash(c);
        let (Some(before), Some(after)) = (text.get(from..end), text.get(end..)) else { continue };
        let length = after.find(|c| !is_of_key(c)).unwrap_or(after.len());
        let key = &after[..length];
        out.push_str(before);
        let is_secret = key.chars().filter(char::is_ascii_alphanumeric).count() >= SHORTEST;
        out.push_str(if is_secret { " (a secret, not shown) " } else { key });
        from = end + length;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// Whether a block of PEM with a secret key stands among other lines.
fn holds_pem(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    while let Some(line) = lines.next() {
        if !line.starts_with(b"-----BEGIN ") || !line.ends_with(b"PRIVATE KEY-----") {
            continue;
        }
        // Of an example that is cut short nothing is secret.
        let is_of_key = |line: &[u8]| {
            let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
            !line.is_empty() && line.iter().all(base64)
        };
        let mut key = lines.clone().skip_while(|line| !is_of_key(line));
        let length: usize = key.by_ref().take_while(|line| is_of_key(line)).map(<[u8]>::len).sum();
        if length >= 40 {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::write_recovery;
    use annals_core::key::SecretKey;

    #[test]
    fn a_secret_among_other_lines_is_found() {
        let pem = "-----BEGIN PRIVATE KEY-----\n\
                   MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n\
                   -----END PRIVATE KEY-----\n";
        let printed = write_recovery(&SecretKey::from_seed([7; 32]));
        let quoted = printed.replace('\n', "\r\n").to_uppercase();
        for (text, expected) in [
            (pem.to_owned(), Some("a secret key")),
            (format!("My notes\n\n  {}", pem.replace('\n', "\n  ")), Some("a secret key")),
            ("So:\n-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n".to_owned(), None),
            ("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n".to_owned(), None),
            (printed.to_string(), Some("a recovery key")),
            (format!("written: no\n{quoted}more"), Some("a recovery key")),
            (printed.replace("0707 0707 0707", "0707 0708 0707"), None),
            ("annals-recovery-1\n".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(found_secret(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(found_secret(b"\xFF\xFE-----BEGIN"), None);
    }
}
