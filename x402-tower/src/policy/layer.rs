//! The policy as a layer.

use super::PolicyControl;
use crate::service::control_layer;

control_layer! {
    /// Keeps payments that pass inside a policy.
    PolicyLayer(PolicyControl)
}
