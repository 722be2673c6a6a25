//! Texts of a message, read by controls and written back.

use super::unreadable;
use crate::denial::Denial;
use crate::payment::PaymentText;
use crate::wire::{Rewrite, TextId};

/// Lets `read` redact the texts of a message, and writes into it what came of that.
pub(crate) fn screen_message<T>(
    message: &mut impl Rewrite,
    read: impl FnOnce(&mut [PaymentText]) -> Result<T, Denial>,
) -> Result<T, Denial> {
    let mut texts = PaymentText::all(message.list_texts());
    let answer = read(&mut texts)?;
    write_back(message, &texts)?;
    Ok(answer)
}

/// Writes redacted texts of `message` into it.
pub(crate) fn write_back(message: &mut impl Rewrite, texts: &[PaymentText]) -> Result<(), Denial> {
    for text in texts {
        if let Some(new) = text.replacement() {
            message
                .rewrite(TextId::from(text.field()), new)
                .map_err(|error| unreadable(&error))?;
        }
    }
    Ok(())
}
