//! What a reader has to know to read the sums rightly.

use crate::report::chain::{Checked, Integrity};
use crate::report::count::money::grouped;
use crate::report::count::payments::MAX_FOLLOWED;
use crate::report::count::tally::Counted;
use crate::report::count::totals::MAX_PARTIES;
use crate::report::subject::MAX_LISTED;

/// What a log holds about somebody.
pub(super) const STORED: [&str; 6] = [
    "A record holds what its line shows, in full and nothing else: time, event, the agent's id, decision, method, URL and \
     origin, amount, asset and network, recipient, the control's decision and its text, transaction, approvers' ids, and \
     notes of operators.",
    "A URL is recorded in full only where a control has screened it, after redaction; else its origin alone is.",
    "Of personal data that was found, the kind and the count are recorded: never the text, nor the field that it stood in.",
    "What no detector found may stand in URLs, messages and notes as it was.",
    "The payer's own address is not recorded; a transaction id leads to it on a public chain.",
    "Agents' and approvers' ids are recorded as they are configured. Whether they are pseudonyms depends on who holds the \
     list that says whose they are; the log has no such list.",
];

/// What it would mean to take it out.
pub(super) const ERASURE: [&str; 5] = [
    "No record can be taken out of a log, or changed in it, unseen: every later record's HMAC covers the one before, so \
     that the check names that line, and vouches for none after it. There is no command that redacts a record. Whoever has the key \
     could write the whole log anew without it; a head that was kept elsewhere shows that.",
    "A whole log can be deleted, with its .head file and with what a crash has set aside beside it (.torn-...): the chains \
     of other files do not depend on it. What it proved is gone with it, and nothing in other files shows that it was \
     there, unless its head was kept elsewhere.",
    "What is on a public chain (recipient, amount, transaction) is not erased by erasing it here.",
    "Records may have to be kept under other law (Art. 17(3) GDPR); this program cannot tell.",
    "The ledger, kept payments and copies of the log elsewhere are not searched by this report.",
];

pub(super) fn of(files: &[Checked], counted: &Counted) -> Vec<String> {
    let mut notes = Vec::new();
    let totals = &counted.totals;
    let unchecked = counted.lines.counted_unchecked;
    if unchecked > 0 {
        notes.push(format!(
            "{} of {} records counted are not known to be as they were written: they stand after a break, or in a file that \
             was not checked. The sums include them.",
            grouped(unchecked),
            grouped(counted.lines.counted)
        ));
    }
    let chains = files.iter().map(|file| file.chain).max().unwrap_or(0);
    if chains > 1 {
        notes.push(
            "Files that were begun anew are chains of their own. That no whole file is missing between two cannot be shown \
             by the files."
                .to_owned(),
        );
    }
    if files.iter().any(|file| file.integrity == Integrity::Intact) {
        notes.push(
            "Intact means: under the key, every line is as it was written. A log that was taken back to an earlier state \
             together with its head file looks intact, and so does one that somebody with the key wrote anew; a head that \
             was kept elsewhere shows both (audit verify --head)."
                .to_owned(),
        );
    }
    let full = [
        ("agents", totals.by_agent.is_full()),
        ("origins", totals.by_origin.is_full()),
        ("recipients", totals.by_recipient.is_full()),
    ];
    for (what, _) in full.into_iter().filter(|(_, is_full)| *is_full) {
        notes.push(format!(
            "There are more {what} than the {} that are told apart, or some with names longer than any that is written here. \
             The first ones to come are exact; all later ones are added up together.",
            grouped(u64::try_from(MAX_PARTIES).unwrap_or(u64::MAX))
        ));
    }
    if totals.unfollowed > 0 {
        notes.push(format!(
            "{} payments could not be followed from one record to the next, because they have no id or came while {MAX_FOLLOWED} \
             others were open. Their intents are not counted; what came of them is, and counts twice where it was found out \
             later.",
            grouped(totals.unfollowed)
        ));
    }
    if totals.repeated > 0 {
        notes.push(format!(
            "{} further outcomes of payments that were counted already (sent again, byte for byte) count no money.",
            grouped(totals.repeated)
        ));
    }
    let matches = counted.subject.as_ref();
    if matches.is_some_and(|subject| {
        subject.matches > u64::try_from(subject.listed.len()).unwrap_or(u64::MAX)
    }) {
        notes.push(format!(
            "Not all records about the subject are listed: at most {MAX_LISTED}, and 32 MiB. --from and --to ask for fewer."
        ));
    }
    notes.push(
        "A settled payment is one for which the server sent a receipt that fits, or which a reconciliation found settled. \
         Receipts are the server's word."
            .to_owned(),
    );
    notes
}
