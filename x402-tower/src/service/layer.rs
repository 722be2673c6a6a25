//! The layer that every single control is.

use std::sync::Arc;

use tower_layer::Layer;

use super::{ControlService, Live, Shared};
use crate::chain::Chain;
use crate::context::Context;

/// A [`Chain`] as a tower layer. The layers of single controls are thin names for this one; use it for a control of
/// your own.
#[derive(Debug, Clone)]
pub struct ControlLayer {
    shared: Arc<Shared>,
}

impl ControlLayer {
    /// Puts `chain` around services, in the place that `context` describes.
    #[must_use]
    pub fn new(chain: Chain, context: Context) -> Self {
        Self {
            shared: Shared::new(chain, context),
        }
    }

    /// The same controls in [`Mode::Shadow`](crate::Mode::Shadow): they decide, and let pass.
    #[must_use]
    pub fn shadow(self) -> Self {
        let Shared { chain, context, .. } = &*self.shared;
        Self::new(chain.clone().shadow(), context.clone())
    }

    /// The same controls in another place.
    #[must_use]
    pub fn with_context(self, context: Context) -> Self {
        Self::new(self.shared.chain.clone(), context)
    }
}

impl<S> Layer<S> for ControlLayer {
    type Service = ControlService<S>;

    fn layer(&self, inner: S) -> ControlService<S> {
        ControlService::with_live(inner, Live::Fixed(Arc::clone(&self.shared)))
    }
}

/// Names a layer of one control: a newtype over [`ControlLayer`].
macro_rules! control_layer {
    ($(#[$doc:meta])* $layer:ident($control:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $layer($crate::service::ControlLayer);

        impl $layer {
            /// Puts the control around a client that pays.
            #[must_use]
            pub fn new(control: $control) -> Self {
                Self($crate::service::ControlLayer::new(
                    $crate::chain::Chain::single(control),
                    $crate::context::Context::buyer(),
                ))
            }

            /// The same control in [`Mode::Shadow`]($crate::Mode::Shadow): it decides, notes what it would have denied
            /// or redacted, and lets pass.
            #[must_use]
            pub fn shadow(self) -> Self {
                Self(self.0.shadow())
            }

            /// The same control in another place, with another clock or another asset table.
            #[must_use]
            pub fn with_context(self, context: $crate::context::Context) -> Self {
                Self(self.0.with_context(context))
            }
        }

        impl<S> ::tower_layer::Layer<S> for $layer {
            type Service = $crate::service::ControlService<S>;

            fn layer(&self, inner: S) -> Self::Service {
                self.0.layer(inner)
            }
        }
    };
}
pub(crate) use control_layer;
