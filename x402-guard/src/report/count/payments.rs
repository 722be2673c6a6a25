//! Following payments from their intent to what became of them, in bounded memory.

use std::collections::{HashMap, VecDeque};

use x402_tower::audit::AuditEventType;

use crate::report::count::money::Outcome;
use crate::report::count::notes::Notes;
use crate::report::count::totals::{Place, Totals};
use crate::report::record::{Record, text};

/// Most payments that are followed while nobody knows how they end, and most that are remembered as settled.
pub(crate) const MAX_FOLLOWED: usize = 65_536;
const MAX_ID_BYTES: usize = 128;
const MAX_REASON_CHARS: usize = 64;

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    /// The file, counted from 0 in the order of the report.
    pub(crate) file: usize,
    /// The line, counted from 1.
    pub(crate) line: u64,
}

/// A record on its way into the sums.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'r, 'l> {
    pub(super) record: &'r Record<'l>,
    pub(super) event: AuditEventType,
    pub(super) at: At,
    /// Whether it is of the period.
    pub(super) counts: bool,
    /// Whether it was checked.
    pub(super) checked: bool,
}

#[derive(Debug)]
struct Followed {
    state: Outcome,
    /// Under what it is counted.
    counted: Option<(Place, Outcome, Option<u64>)>,
    micros: Option<u64>,
    place: Option<Place>,
    at: At,
    unix_ms: u64,
    reason: Option<Box<str>>,
    notes: Option<Box<Notes>>,
}

/// A payment that nobody knows the end of.
#[derive(Debug, Clone)]
pub(crate) struct Doubtful {
    pub(crate) decision_id: String,
    pub(crate) at: At,
    pub(crate) unix_ms: u64,
    pub(crate) usd_micros: Option<u64>,
    pub(crate) agent: Option<String>,
    pub(crate) origin: Option<String>,
    pub(crate) recipient: Option<String>,
    pub(crate) reason: Option<String>,
    /// How it ended after the period.
    pub(crate) later: Option<&'static str>,
}

#[derive(Debug, Default)]
pub(super) struct Book {
    payments: HashMap<Box<str>, Followed>,
    settled: VecDeque<Box<str>>,
}

impl Book {
    pub(super) fn follows(&self, id: Option<&str>) -> bool {
        id.is_some_and(|id| self.payments.contains_key(id))
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.payments.len()
    }

    pub(super) fn see(&mut self, seen: Seen<'_, '_>, totals: &mut Totals) {
        match seen.event {
            AuditEventType::PaymentIntent => self.begin(seen, totals),
            AuditEventType::PaymentResent if seen.counts => {
                totals.resent = totals.resent.saturating_add(1);
            }
            _ => {
                if let Some(outcome) = outcome(seen.event, seen.record) {
                    self.end(seen, outcome, totals);
                }
            }
        }
    }

    fn begin(&mut self, seen: Seen<'_, '_>, totals: &mut Totals) {
        let id = self.room_for(text(seen.record.decision_id.as_ref()));
        let Some(id) = id.filter(|id| !self.payments.contains_key(*id)) else {
            if seen.counts {
                totals.unfollowed = totals.unfollowed.saturating_add(1);
            }
            return;
        };
        let micros = seen.record.amount_usd_micros;
        let place = seen.counts.then(|| totals.place(seen.record, None));
        if let Some(place) = place {
            totals.put(place, Outcome::Open, micros);
        }
        let followed = Followed {
            state: Outcome::Open,
            counted: place.map(|place| (place, Outcome::Open, micros)),
            micros,
            place,
            at: seen.at,
            unix_ms: seen.record.timestamp_ms,
            reason: None,
            notes: seen
                .counts
                .then(|| Notes::of(seen.record, seen.event))
                .flatten(),
        };
        self.payments.insert(id.into(), followed);
    }

    /// The id, if its payment can be followed.
    fn room_for<'i>(&self, id: Option<&'i str>) -> Option<&'i str> {
        let open = self.payments.len().saturating_sub(self.settled.len());
        id.filter(|id| !id.is_empty() && id.len() <= MAX_ID_BYTES && open < MAX_FOLLOWED)
    }

    fn end(&mut self, seen: Seen<'_, '_>, outcome: Outcome, totals: &mut Totals) {
        let id = text(seen.record.decision_id.as_ref());
        let before = id.and_then(|id| self.payments.remove_entry(id));
        if let Some((id, followed)) = before {
            if is_repeated(followed.state, outcome) {
                if seen.counts {
                    totals.repeated = totals.repeated.saturating_add(1);
                }
                self.payments.insert(id, followed);
            } else {
                let followed = moved(followed, seen, outcome, totals);
                self.keep(id, followed);
            }
            return;
        }
        let followed = Followed {
            state: Outcome::Open,
            counted: None,
            micros: seen.record.amount_usd_micros,
            place: None,
            at: seen.at,
            unix_ms: seen.record.timestamp_ms,
            reason: None,
            notes: None,
        };
        let followed = moved(followed, seen, outcome, totals);
        match self.room_for(id) {
            Some(id) => self.keep(id.into(), followed),
            None if seen.counts && matters_later(outcome) => {
                totals.unfollowed = totals.unfollowed.saturating_add(1);
            }
            None => {}
        }
    }

    /// Remembers a payment for what may still come of it.
    fn keep(&mut self, id: Box<str>, followed: Followed) {
        if !matters_later(followed.state)
            && followed
                .counted
                .is_none_or(|(_, was, _)| was == followed.state)
        {
            return;
        }
        if followed.state == Outcome::Settled {
            if self.settled.len() >= MAX_FOLLOWED
                && let Some(oldest) = self.settled.pop_front()
            {
                self.payments.remove(&oldest);
            }
            self.settled.push_back(id.clone());
        }
        self.payments.insert(id, followed);
    }

    /// Those that dangle, and those of which nobody knows, in the order of the log.
    pub(super) fn finish(self, totals: &mut Totals) -> (Vec<Doubtful>, Vec<Doubtful>) {
        let (mut dangling, mut unknown) = (Vec::new(), Vec::new());
        for (id, followed) in self.payments {
            if let Some(notes) = &followed.notes {
                totals.notes.add(notes);
            }
            let Some((place, counted, micros)) = followed.counted else {
                continue;
            };
            let list = match counted {
                Outcome::Open if followed.state == Outcome::Open => &mut dangling,
                Outcome::Unknown => &mut unknown,
                _ => continue,
            };
            let name = |name: Option<&str>| name.filter(|name| !name.is_empty()).map(str::to_owned);
            list.push(Doubtful {
                decision_id: id.into(),
                at: followed.at,
                unix_ms: followed.unix_ms,
                usd_micros: micros,
                agent: name(totals.by_agent.name(place.agent)),
                origin: name(totals.by_origin.name(place.origin)),
                recipient: name(totals.by_recipient.name(place.recipient)),
                reason: followed.reason.map(Into::into),
                later: (followed.state != counted).then(|| followed.state.as_str()),
            });
        }
        dangling.sort_by_key(|payment| payment.at);
        unknown.sort_by_key(|payment| payment.at);
        (dangling, unknown)
    }
}

/// Counts a payment under another outcome.
fn moved(
    mut followed: Followed,
    seen: Seen<'_, '_>,
    outcome: Outcome,
    totals: &mut Totals,
) -> Followed {
    let first_end = followed.state == Outcome::Open;
    followed.state = outcome;
    if !seen.counts {
        return followed;
    }
    if let Some((place, was, micros)) = followed.counted.take() {
        totals.take(place, was, micros);
    }
    let record = seen.record;
    let micros = record.amount_usd_micros.or(followed.micros);
    let place = totals.place(record, followed.place);
    totals.put(place, outcome, micros);
    if outcome == Outcome::Settled {
        totals.settle(place, text(record.amount.as_ref()), micros, seen.checked);
    }
    // What the outcome's record says is no less than what the intent's says, and is not counted twice. One that was written
    // afterwards has notes of its own alone.
    let is_resolved = seen.event == AuditEventType::PaymentResolved;
    let notes = Notes::of(record, seen.event).filter(|_| first_end || is_resolved);
    let earlier = followed
        .notes
        .take()
        .filter(|_| is_resolved || notes.is_none());
    for notes in earlier.iter().chain(&notes) {
        totals.notes.add(notes);
    }
    followed.counted = Some((place, outcome, micros));
    (followed.micros, followed.place) = (micros, Some(place));
    (followed.at, followed.unix_ms) = (seen.at, record.timestamp_ms);
    let reason = text(record.reason.as_ref());
    followed.reason = reason.map(|reason| reason.chars().take(MAX_REASON_CHARS).collect());
    followed
}

/// The last word of a record on its payment.
fn outcome(event: AuditEventType, record: &Record<'_>) -> Option<Outcome> {
    Some(match event {
        AuditEventType::PaymentAllowed => Outcome::Settled,
        AuditEventType::PaymentRejected => Outcome::Rejected,
        AuditEventType::PaymentUnknown => Outcome::Unknown,
        AuditEventType::PaymentNotSent => Outcome::NotSent,
        AuditEventType::PaymentResolved => match text(record.outcome.as_ref()) {
            Some("settled") => Outcome::Settled,
            Some("released") => Outcome::Released,
            _ => return None,
        },
        AuditEventType::PaymentError
        | AuditEventType::PiiBlocked
        | AuditEventType::PolicyBlocked
        | AuditEventType::ReplayBlocked
        | AuditEventType::MpaBlocked => Outcome::Denied,
        _ => return None,
    })
}

/// Whether a payment that ended like this can end anew: it is sent again, or somebody finds out.
const fn matters_later(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Open | Outcome::Settled | Outcome::Unknown | Outcome::Rejected
    )
}

/// Whether an outcome says nothing new: money that was settled stays so, and what was sent once is not unsent by a second
/// sending that did not happen.
fn is_repeated(state: Outcome, outcome: Outcome) -> bool {
    match state {
        Outcome::Settled => true,
        Outcome::Unknown | Outcome::Rejected => {
            matches!(outcome, Outcome::NotSent | Outcome::Denied)
        }
        _ => false,
    }
}
