//! Texts that may be a key or a token that somebody put into the wrong place (attack 116).

/// Shortest run of letters and digits that is taken for a secret where no URL stands around it: 64 bits in hexadecimal.
const SHORTEST: usize = 16;
/// The same in URLs, whose paths have long words of their own, and in names of environment variables.
const LONGEST_WORD: usize = 32;

/// Whether a text should not be quoted, because it looks random: keys in hexadecimal or base64, tokens, card numbers.
pub(crate) fn may_be_secret(text: &str) -> bool {
    let least = if text.contains("://") {
        LONGEST_WORD
    } else {
        SHORTEST
    };
    has_random_run(text, least)
}

/// Whether the name of an environment variable looks like the secret that belongs into the variable.
pub(crate) fn is_secret_and_no_name(text: &str) -> bool {
    has_random_run(text, LONGEST_WORD)
}

/// The name of an environment variable, as an error may repeat it.
pub(crate) fn variable_to_show(name: &str) -> &str {
    if is_secret_and_no_name(name) {
        "…"
    } else {
        name
    }
}

/// A name that somebody gave, as an error may repeat it.
pub(crate) fn name_to_show(name: &str) -> String {
    if may_be_secret(name) { "…" } else { name }.to_owned()
}

/// Words have no digits in them; what is random and that long has.
fn has_random_run(text: &str, least: usize) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '+' && c != '=')
        .any(|run| run.len() >= least && run.bytes().any(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attack_116_keys_and_tokens_are_taken_for_secrets() {
        let hex = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
        for secret in [
            hex,
            &format!("0x{hex}"),
            &format!("key = {hex}"),
            "3f8a1c5de27b4960",
            "kP3x+Qm9ZrT0uVw1Yb2Nc4Ld5Ke6Jf7Hg8Ia==",
            concat!("sk_", "live_51HqLyjWDarjtT1zdp7dcABCD"),
            "4111111111111111",
            &format!("https://hooks.example.com/{hex}"),
        ] {
            assert!(may_be_secret(secret), "{secret}");
        }
        assert!(is_secret_and_no_name(hex));
    }

    #[test]
    fn what_policies_really_hold_is_quoted() {
        for text in [
            "enforced",
            "window_seconds_for_24_hours",
            "https://api.example.com/v1/reports2024quarterly",
            "max_quote_drift_percentage",
            "lists/ofac-2024.txt",
            "",
        ] {
            assert!(!may_be_secret(text), "{text}");
        }
        assert!(!is_secret_and_no_name("APPROVALSECRETALICE1"));
    }
}
