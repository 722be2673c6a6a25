//! What all messages with rewritable texts have in common.

use super::{
    Challenge, FacilitatorRequest, JsonText, PaymentPayload, Receipt, SettleResponse, TextField,
    TextId, VerifyResponse, WireError,
};

/// A message whose free texts can be listed, and those of them replaced that may be.
pub(crate) trait Rewrite {
    fn list_texts(&self) -> Vec<TextField>;
    fn rewrite(&mut self, text: TextId, value: &str) -> Result<(), WireError>;
}

macro_rules! rewrite {
    ($($message:ty),+ $(,)?) => {
        $(
            impl Rewrite for $message {
                fn list_texts(&self) -> Vec<TextField> {
                    self.texts()
                }
                fn rewrite(&mut self, text: TextId, value: &str) -> Result<(), WireError> {
                    self.replace_text(text, value)
                }
            }
        )+
    };
}

rewrite!(
    Challenge,
    FacilitatorRequest,
    JsonText,
    PaymentPayload,
    Receipt,
    SettleResponse,
    VerifyResponse,
);
