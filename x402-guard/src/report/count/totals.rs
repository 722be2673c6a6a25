//! The sums of a report.

use x402_tower::audit::AuditEventType;

use crate::report::count::money::{AssetSum, Figures, Outcome};
use crate::report::count::notes::NoteSums;
use crate::report::count::ranked::{Ranked, Slot, Sum};
use crate::report::record::{Record, text};
use crate::shown;

/// Most agents, origins and recipients that are told apart, of each.
pub(crate) const MAX_PARTIES: usize = 10_000;
/// Most days: more than 22 years.
const MAX_DAYS: usize = 8192;
/// Most assets, positions, denials.
const MAX_KINDS: usize = 1000;
const DAY_MS: u64 = 86_400_000;

/// What stands between the two halves of a name: no field of a record that was checked holds one unescaped.
const BETWEEN: char = '\n';

/// Where a payment is added up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) agent: Slot,
    pub(super) origin: Slot,
    pub(super) recipient: Slot,
    asset: Slot,
    position: Slot,
    day: Slot,
    /// Whether it is money that is spent, in place of taken or forwarded.
    spends: bool,
}

/// Denials with one code.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Denied {
    pub(crate) count: u64,
    pub(crate) usd_micros: u128,
}

impl Sum for Denied {
    fn add(&mut self, more: &Self) {
        self.count = self.count.saturating_add(more.count);
        self.usd_micros = self.usd_micros.saturating_add(more.usd_micros);
    }
}

/// Everything that is added up.
#[derive(Debug)]
pub(crate) struct Totals {
    pub(crate) spent: Figures,
    pub(crate) by_day: Ranked<Figures>,
    pub(crate) by_agent: Ranked<Figures>,
    pub(crate) by_origin: Ranked<Figures>,
    pub(crate) by_recipient: Ranked<Figures>,
    pub(crate) by_position: Ranked<Figures>,
    pub(crate) by_asset: Ranked<AssetSum>,
    pub(crate) denials: Ranked<Denied>,
    pub(crate) notes: NoteSums,
    /// What of the settled sum stands in records that were checked.
    pub(crate) settled_checked_micros: u128,
    /// Signed payments that were sent again, and further outcomes of payments that were counted.
    pub(crate) resent: u64,
    pub(crate) repeated: u64,
    /// Payments that could not be followed from one record to the next.
    pub(crate) unfollowed: u64,
    last_day: Option<(u64, Slot)>,
}

impl Totals {
    pub(super) fn new() -> Self {
        Self {
            spent: Figures::default(),
            by_day: Ranked::new(MAX_DAYS),
            by_agent: Ranked::new(MAX_PARTIES),
            by_origin: Ranked::new(MAX_PARTIES),
            by_recipient: Ranked::new(MAX_PARTIES),
            by_position: Ranked::new(MAX_KINDS),
            by_asset: Ranked::new(MAX_KINDS),
            denials: Ranked::new(MAX_KINDS),
            notes: NoteSums::new(),
            settled_checked_micros: 0,
            resent: 0,
            repeated: 0,
            unfollowed: 0,
            last_day: None,
        }
    }

    /// Where the payment of a record is added up. What the record leaves out is taken from the intent.
    pub(super) fn place(&mut self, record: &Record<'_>, before: Option<Place>) -> Place {
        let slot = |map: &mut Ranked<Figures>, name: Option<&str>, before: Option<Slot>| {
            before
                .filter(|_| name.is_none())
                .unwrap_or_else(|| map.slot(name.unwrap_or_default()))
        };
        let agent = text(record.agent_id.as_ref());
        let agent = slot(&mut self.by_agent, agent, before.map(|place| place.agent));
        let origin = text(record.origin.as_ref());
        let origin = slot(
            &mut self.by_origin,
            origin,
            before.map(|place| place.origin),
        );
        let pay_to = text(record.pay_to.as_ref());
        let recipient = before.map(|place| place.recipient);
        let recipient = slot(&mut self.by_recipient, pay_to, recipient);
        let position = text(record.position.as_ref());
        let (position, spends) = match (position, before) {
            (None, Some(before)) => (before.position, before.spends),
            (name, _) => (
                self.by_position.slot(name.unwrap_or_default()),
                matches!(name, None | Some("buyer" | "third_party_payer")),
            ),
        };
        let asset = match (text(record.asset.as_ref()), before) {
            (None, Some(before)) => before.asset,
            (asset, _) => {
                let network = text(record.network.as_ref());
                self.by_asset.slot(&halves(network, asset))
            }
        };
        Place {
            agent,
            origin,
            recipient,
            asset,
            position,
            day: self.day(record.timestamp_ms),
            spends,
        }
    }

    fn day(&mut self, unix_ms: u64) -> Slot {
        let day = unix_ms / DAY_MS;
        if let Some((_, slot)) = self.last_day.filter(|(last, _)| *last == day) {
            return slot;
        }
        let date = shown::time(day.saturating_mul(DAY_MS));
        let slot = self.by_day.slot(date.get(..10).unwrap_or(&date));
        self.last_day = Some((day, slot));
        slot
    }

    pub(super) fn put(&mut self, place: Place, outcome: Outcome, micros: Option<u64>) {
        self.each(place, |figures| figures.put(outcome, micros));
    }

    /// Takes back what was put.
    pub(super) fn take(&mut self, place: Place, outcome: Outcome, micros: Option<u64>) {
        self.each(place, |figures| figures.take(outcome, micros));
    }

    fn each(&mut self, place: Place, change: impl Fn(&mut Figures)) {
        change(self.by_position.at(place.position));
        if !place.spends {
            return;
        }
        change(&mut self.spent);
        change(self.by_day.at(place.day));
        change(self.by_agent.at(place.agent));
        change(self.by_origin.at(place.origin));
        change(self.by_recipient.at(place.recipient));
    }

    /// Adds the atomic units of a payment that was settled.
    pub(super) fn settle(
        &mut self,
        place: Place,
        amount: Option<&str>,
        micros: Option<u64>,
        checked: bool,
    ) {
        if !place.spends {
            return;
        }
        self.by_asset.at(place.asset).put(amount, micros);
        if checked {
            let micros = u128::from(micros.unwrap_or(0));
            self.settled_checked_micros = self.settled_checked_micros.saturating_add(micros);
        }
    }

    pub(super) fn deny(&mut self, record: &Record<'_>, event: AuditEventType) {
        let code = text(record.code.as_ref()).unwrap_or_default();
        let control = text(record.control.as_ref()).unwrap_or(match event {
            AuditEventType::PiiBlocked => "pii",
            AuditEventType::PolicyBlocked => "policy",
            AuditEventType::ReplayBlocked => "replay",
            AuditEventType::MpaBlocked => "mpa",
            _ => code.split_once('.').map_or("", |(control, _)| control),
        });
        let name = halves(Some(control), Some(code));
        self.denials.of(&name).add(&Denied {
            count: 1,
            usd_micros: record.amount_usd_micros.map_or(0, u128::from),
        });
    }
}

fn halves(one: Option<&str>, other: Option<&str>) -> String {
    let plain = |text: Option<&str>| text.unwrap_or_default().replace(BETWEEN, " ");
    format!("{}{BETWEEN}{}", plain(one), plain(other))
}

/// The two halves of a name.
pub(crate) fn both_halves(name: &str) -> (&str, &str) {
    name.split_once(BETWEEN).unwrap_or((name, ""))
}
