//! Things with a number each, and queues of when they end.

use std::collections::BTreeSet;

/// Lines of a queue: more than there are different lifetimes in common use.
const LINES: usize = 8;

/// The most things that numbers can be given to.
pub(super) const MOST_THINGS: u32 = 1 << 28;

/// No number of a thing.
const NONE: u32 = u32::MAX;

/// Places that are made together: memory that is new is much cheaper to reach in one go than one place at a time.
const MADE_TOGETHER: u32 = 32;

/// In no line, but among the others of a queue.
const NO_LINE: u8 = u8::MAX;

/// Things by number. A number is used again when its thing has gone, the last one first: its memory is still near.
#[derive(Debug)]
pub(super) struct Things<T> {
    places: Vec<Place<T>>,
    /// The first place without a thing; each leads to the next.
    vacant: u32,
}

#[derive(Debug)]
struct Place<T> {
    thing: Option<T>,
    ends: u64,
    /// Its neighbours in a line.
    before: u32,
    after: u32,
    line: u8,
}

impl<T> Default for Things<T> {
    fn default() -> Self {
        Self {
            places: Vec::new(),
            vacant: NONE,
        }
    }
}

impl<T> Things<T> {
    pub(super) fn get(&self, number: u32) -> Option<&T> {
        self.place(number)?.thing.as_ref()
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.place_mut(number)?.thing.as_mut()
    }

    /// When a thing ends, as it was queued last.
    pub(super) fn ends(&self, number: u32) -> Option<u64> {
        let place = self.place(number)?;
        place.thing.is_some().then_some(place.ends)
    }

    /// Adds a thing that is in no queue yet. `None` where there is no number for it.
    pub(super) fn insert(&mut self, thing: T) -> Option<u32> {
        if self.vacant == NONE {
            self.make_places();
        }
        let number = self.vacant;
        let place = self.place_mut(number)?;
        place.thing = Some(thing);
        self.vacant = std::mem::replace(&mut place.after, NONE);
        Some(number)
    }

    /// Takes out a thing that has left its queue.
    pub(super) fn remove(&mut self, number: u32) -> Option<T> {
        let vacant = self.vacant;
        let place = self.place_mut(number)?;
        let thing = place.thing.take()?;
        place.after = vacant;
        self.vacant = number;
        Some(thing)
    }

    /// All of them, in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        let all = (0..).zip(&self.places);
        all.filter_map(|(number, place)| Some((number, place.thing.as_ref()?)))
    }

    fn make_places(&mut self) {
        let made = u32::try_from(self.places.len()).unwrap_or(MOST_THINGS);
        let end = made.saturating_add(MADE_TOGETHER).min(MOST_THINGS);
        for number in made..end {
            let after = number + 1;
            self.places.push(Place {
                thing: None,
                ends: 0,
                before: NONE,
                after: if after < end { after } else { NONE },
                line: NO_LINE,
            });
        }
        if made < end {
            self.vacant = made;
        }
    }

    fn place(&self, number: u32) -> Option<&Place<T>> {
        self.places.get(usize::try_from(number).ok()?)
    }

    fn place_mut(&mut self, number: u32) -> Option<&mut Place<T>> {
        self.places.get_mut(usize::try_from(number).ok()?)
    }
}

/// Some of the things, by when they end.
///
/// What lives equally long ends in the order in which it comes. So there are some lines, each in the order of ends, and
/// whoever comes joins the first whose last does not end later; what fits behind none goes into an ordered set. Joining
/// and leaving a line touches none but the neighbours, however long it is.
#[derive(Debug)]
pub(super) struct Queue {
    lines: [Line; LINES],
    others: BTreeSet<(u64, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Line {
    first: u32,
    last: u32,
    /// When the first ends.
    next: u64,
    /// When the last ends; zero in an empty line, so that everything may join it.
    latest: u64,
}

impl Line {
    const EMPTY: Self = Self {
        first: NONE,
        last: NONE,
        next: u64::MAX,
        latest: 0,
    };
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            lines: [Line::EMPTY; LINES],
            others: BTreeSet::new(),
        }
    }
}

impl Queue {
    /// Adds a thing that is in no queue, and ends then.
    pub(super) fn join<T>(&mut self, things: &mut Things<T>, number: u32, ends: u64) {
        let mut lines = (0u8..).zip(&mut self.lines);
        let Some((line, to)) = lines.find(|(_, line)| line.latest <= ends) else {
            self.others.insert((ends, number));
            if let Some(place) = things.place_mut(number) {
                (place.ends, place.line) = (ends, NO_LINE);
            }
            return;
        };
        let before = to.last;
        if to.first == NONE {
            (to.first, to.next) = (number, ends);
        }
        (to.last, to.latest) = (number, ends);
        if let Some(last) = things.place_mut(before) {
            last.after = number;
        }
        if let Some(place) = things.place_mut(number) {
            (place.ends, place.line) = (ends, line);
            (place.before, place.after) = (before, NONE);
        }
    }

    /// Takes out a thing that is in this queue.
    pub(super) fn leave<T>(&mut self, things: &mut Things<T>, number: u32) {
        let Some(place) = things.place(number) else {
            return;
        };
        let (ends, before, after) = (place.ends, place.before, place.after);
        let Some(line) = self.lines.get_mut(usize::from(place.line)) else {
            self.others.remove(&(ends, number));
            return;
        };
        let (mut latest, mut next) = (0, u64::MAX);
        if let Some(neighbour) = things.place_mut(before) {
            neighbour.after = after;
            latest = neighbour.ends;
        }
        if let Some(neighbour) = things.place_mut(after) {
            neighbour.before = before;
            next = neighbour.ends;
        }
        if before == NONE {
            (line.first, line.next) = (after, next);
        }
        if after == NONE {
            (line.last, line.latest) = (before, latest);
        }
    }

    /// The thing that ends first, and when.
    pub(super) fn first(&self) -> Option<(u64, u32)> {
        let (mut next, mut number) = (u64::MAX, NONE);
        for line in &self.lines {
            if line.next < next || number == NONE {
                (next, number) = (line.next, line.first);
            }
        }
        let first = (number != NONE).then_some((next, number));
        match self.others.first().copied() {
            Some(other) if first.is_none_or(|(ends, _)| other.0 < ends) => Some(other),
            _ => first,
        }
    }

    /// The thing that ends first, where that is before `now`.
    pub(super) fn due(&self, now: u64) -> Option<u32> {
        let (ends, number) = self.first()?;
        (ends < now).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Op {
        Join(u64),
        Leave(usize),
        LeaveFirst,
    }

    fn op() -> impl Strategy<Value = Op> {
        // Some ends come again and again, some in order, some in none; and those that never come.
        let ends = prop_oneof![0u64..60, Just(7), Just(u64::MAX), 40u64..44];
        prop_oneof![
            5 => ends.prop_map(Op::Join),
            2 => (0usize..40).prop_map(Op::Leave),
            1 => Just(Op::LeaveFirst),
        ]
    }

    proptest! {
        #[test]
        fn a_queue_agrees_with_a_map(ops in prop::collection::vec(op(), 1..200)) {
            let (mut things, mut queue) = (Things::default(), Queue::default());
            let mut ends_of: BTreeMap<u32, u64> = BTreeMap::new();
            for op in ops {
                let leaves = match op {
                    Op::Join(ends) => {
                        let number = things.insert(ends).unwrap();
                        queue.join(&mut things, number, ends);
                        ends_of.insert(number, ends);
                        None
                    }
                    Op::Leave(nth) => ends_of.keys().nth(nth).copied(),
                    Op::LeaveFirst => queue.first().map(|(_, number)| number),
                };
                if let Some(number) = leaves {
                    queue.leave(&mut things, number);
                    prop_assert_eq!(things.remove(number), ends_of.remove(&number));
                }
                let first = queue.first();
                prop_assert_eq!(first.map(|(ends, _)| ends), ends_of.values().min().copied());
                for now in [0, 1, 7, 41, u64::MAX] {
                    let due = queue.due(now).map(|number| ends_of[&number]);
                    prop_assert_eq!(due, first.map(|(ends, _)| ends).filter(|ends| *ends < now));
                }
            }
        }

        /// What was in a line or among the others may join again with another end, or another queue.
        #[test]
        fn what_moves_between_queues_is_in_one(moves in prop::collection::vec((0u32..30, any::<bool>(), 0u64..50), 1..200)) {
            let mut things = Things::default();
            let mut queues = [Queue::default(), Queue::default()];
            let mut there = Vec::new();
            for _ in 0..30 {
                let number = things.insert(()).unwrap();
                queues[0].join(&mut things, number, 0);
                there.push((0, 0));
            }
            for (number, second, ends) in moves {
                let (from, to) = (there[number as usize].0, usize::from(second));
                queues[from].leave(&mut things, number);
                queues[to].join(&mut things, number, ends);
                there[number as usize] = (to, ends);
                prop_assert_eq!(things.ends(number), Some(ends));
            }
            for (nth, queue) in queues.iter_mut().enumerate() {
                let mut left = Vec::new();
                while let Some((ends, number)) = queue.first() {
                    queue.leave(&mut things, number);
                    left.push(ends);
                }
                let mut wanted: Vec<_> = there.iter().filter(|(queue, _)| *queue == nth).map(|(_, ends)| *ends).collect();
                wanted.sort_unstable();
                prop_assert_eq!(left, wanted);
            }
        }
    }
}
