//! The detector as a layer.

use super::PiiControl;
use crate::service::control_layer;

control_layer! {
    /// Keeps personal data out of payments that pass.
    PiiLayer(PiiControl)
}
