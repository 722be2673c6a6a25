//! The scripts: each is one atomic step on the server.

use std::sync::LazyLock;

use redis::Script;

use crate::store::Limit;

/// The scripts cut a window into so many buckets.
const _: () = assert!(Limit::BUCKETS == 64);

/// A script, and whether it may be run again where nobody knows if it ran.
pub(super) struct Step {
    script: LazyLock<Script>,
    text: &'static str,
    /// Running it twice does what running it once does, whatever else happened in between.
    pub(super) repeatable: bool,
}

impl Step {
    const fn new(text: &'static str, repeatable: bool, script: fn() -> Script) -> Self {
        Self {
            script: LazyLock::new(script),
            text,
            repeatable,
        }
    }

    pub(super) fn hash(&self) -> &str {
        self.script.get_hash()
    }

    pub(super) fn text(&self) -> &'static str {
        self.text
    }
}

macro_rules! steps {
    ($($(#[$about:meta])* $name:ident: $repeatable:literal = [$($part:expr),+];)+) => {$(
        $(#[$about])*
        pub(super) static $name: Step = {
            const TEXT: &str = concat!($($part),+);
            Step::new(TEXT, $repeatable, || Script::new(TEXT))
        };
    )+};
}

macro_rules! lua {
    (sweep) => {
        concat!(
            "local function sweep(now, payments, windows, reserved, due, keep, full)\n",
            lua!("windows"),
            lua!("sweep"),
            "end\n"
        )
    };
    ($name:literal) => {
        include_str!(concat!("lua/", $name, ".lua"))
    };
}

steps! {
    RESERVE: true = [lua!("time"), lua!("book"), lua!(sweep), lua!("reserve")];
    MARK_SENT: true = [lua!("time"), lua!("book"), lua!("mark_sent")];
    SETTLE: true = [lua!("book"), lua!("windows"), lua!("settle")];
    MARK_UNKNOWN: true = [lua!("book"), lua!("mark_unknown")];
    RELEASE: true = [lua!("book"), lua!("windows"), lua!("release")];
    /// What was released is off the books, so a second answer would say that it never was on them.
    RESOLVE_RELEASED: false = [lua!("book"), lua!("windows"), lua!("release")];
    USAGE: true = [lua!("time"), lua!("book"), lua!(sweep), lua!("usage")];
    ENTRY: true = [lua!("book"), lua!("entry")];
    ENTRIES: true = [lua!("book"), lua!("entries")];
    CLAIM: true = [lua!("time"), lua!("claim")];
    READ: true = [lua!("time"), lua!("read")];
    /// A second run that comes late could take what the same holder has claimed again.
    GIVE_BACK: false = [lua!("give_back")];
    PUT: true = [lua!("time"), lua!("put")];
    /// A second answer would say that nothing was removed.
    REMOVE: false = [lua!("time"), lua!("remove")];
}
