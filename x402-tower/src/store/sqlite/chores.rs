//! What the thread that writes does when nobody waits for it.

use std::time::Duration;

use super::books::Did;
use super::fault::Fault;
use super::writer::Writer;

/// How long nothing may come before a chore is done, and how long at most until one that failed is tried again.
const IDLE: Duration = Duration::from_millis(20);
const LONGEST_IDLE: Duration = Duration::from_secs(5);

/// Free pages that the file may keep for what comes next, and how many at most are given back to the system at once.
const FREE_PAGES: u32 = 1024;

/// What is left to do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chores {
    /// Removed signed payments are still in the write-ahead log.
    scrub: bool,
    /// Something that has ended may not be cleared away yet.
    sweep: bool,
    /// Pages may have become free.
    shrink: bool,
    pause: Duration,
}

impl Chores {
    /// What another process may have left when it was killed.
    pub(super) const fn left_behind() -> Self {
        Self {
            scrub: true,
            sweep: true,
            shrink: true,
            pause: IDLE,
        }
    }

    pub(super) fn note(&mut self, did: Did) {
        self.scrub |= did.remove_signed;
        self.shrink |= did.change;
        self.sweep = did.leave_some_behind;
    }

    /// How long to wait for something more important; `None` where nothing is left to do.
    pub(super) fn pause(&self) -> Option<Duration> {
        (self.scrub || self.sweep || self.shrink).then_some(self.pause)
    }
}

impl Writer {
    pub(super) fn do_chores(&mut self) {
        let done = self.chore();
        self.chores.pause = match done {
            Ok(true) => IDLE,
            // Somebody else is at the file; that is no reason to ask all the time.
            Ok(false) | Err(_) => self.chores.pause.saturating_mul(2).min(LONGEST_IDLE),
        };
    }

    /// Does one chore, so that whoever comes meanwhile waits for one at most. Answers whether it is done.
    fn chore(&mut self) -> Result<bool, Fault> {
        if self.chores.sweep {
            self.transact(&mut Vec::new())?;
            return Ok(true);
        }
        if self.chores.shrink {
            let more = self.shrink()?;
            self.chores.shrink = more;
            return Ok(true);
        }
        self.scrub()?;
        Ok(!self.chores.scrub)
    }

    /// Gives free pages back to the system. Answers whether there are more.
    fn shrink(&mut self) -> Result<bool, Fault> {
        self.files.check()?;
        let free = |writer: &Self| {
            let count = |row: &rusqlite::Row<'_>| row.get(0);
            writer
                .conn
                .pragma_query_value(None, "freelist_count", count)
        };
        let before: u32 = free(self)?;
        let spare = before.saturating_sub(FREE_PAGES).min(FREE_PAGES);
        if spare == 0 {
            return Ok(false);
        }
        // Each row of the answer is a page that was given back.
        let mut vacuum = self
            .conn
            .prepare(&format!("PRAGMA incremental_vacuum({spare})"))?;
        let mut pages = vacuum.query([])?;
        while pages.next()?.is_some() {}
        drop(pages);
        drop(vacuum);
        self.chores.scrub = true;
        Ok(free(self)? > FREE_PAGES)
    }

    /// Moves the write-ahead log into the file and empties it, so that what was removed is in neither: SQLite's
    /// `secure_delete` has put zeros over it in the file.
    pub(super) fn scrub(&mut self) -> Result<(), Fault> {
        self.files.check()?;
        // Whoever is at the file now is not to be waited for.
        self.conn.busy_timeout(Duration::ZERO)?;
        let busy = self
            .conn
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
                row.get::<_, i64>(0)
            });
        self.conn.busy_timeout(self.busy_timeout)?;
        if busy? == 0 {
            self.chores.scrub = false;
        }
        Ok(())
    }
}
