//! The log as a layer.

use super::AuditControl;
use crate::service::control_layer;

control_layer! {
    /// Writes down what is decided about payments that pass.
    AuditLayer(AuditControl)
}
