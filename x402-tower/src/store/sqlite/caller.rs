//! A caller's side of a step: it waits for a while, and takes back what it did not wait for.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::job::TakeBack;
use super::queue::Queue;
use crate::store::StoreError;

/// Waits for an answer. Dropped at any moment it leaves nothing taken: what the answer took, if it came and was not
/// heard, is taken back.
pub(super) struct Caller<T> {
    pub(super) answer: oneshot::Receiver<Result<T, StoreError>>,
    pub(super) queue: Arc<Queue>,
    pub(super) take_back: Option<TakeBack<T>>,
}

impl<T> Caller<T> {
    pub(super) async fn wait(mut self, deadline: Duration) -> Result<T, StoreError> {
        match timeout(deadline, &mut self.answer).await {
            Ok(Ok(answer)) => answer,
            // The thread that writes is gone, or is not done in time.
            Ok(Err(_)) | Err(_) => Err(StoreError::Unavailable),
        }
    }
}

impl<T> Drop for Caller<T> {
    fn drop(&mut self) {
        // An answer that is sent from here on is refused, and the thread that writes undoes it itself.
        self.answer.close();
        if let (Some(take_back), Ok(answer)) = (self.take_back, self.answer.try_recv())
            && let Some(undo) = take_back.of(&answer)
        {
            self.queue.push_unanswered(undo);
        }
    }
}
