//! What the thread that syncs has of a log.

use std::fs::File;
use std::sync::Arc;

use super::super::error::AuditError;
use super::end::End;
use super::group::{Durable, Group};
use super::head_file::HeadFile;

struct LogOnDisk {
    file: File,
    head: Arc<HeadFile>,
}

impl Durable for LogOnDisk {
    fn sync(&mut self) -> Result<(), AuditError> {
        self.file
            .sync_data()
            .map_err(AuditError::io("bring the records to the disk"))
    }

    fn keep_head(&mut self, seq: u64, line: String) -> Result<(), AuditError> {
        self.head.keep_line(seq, || line)
    }
}

pub(super) fn start_group(end: &End, head: &Arc<HeadFile>) -> Result<Group, AuditError> {
    let file = end
        .file
        .try_clone()
        .map_err(AuditError::io("open the log file twice"))?;
    let head = Arc::clone(head);
    Group::start(LogOnDisk { file, head })
        .map_err(AuditError::io("start the thread that syncs the log"))
}
