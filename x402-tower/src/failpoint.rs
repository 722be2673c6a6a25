//! The one line that stands at each point of the flow.

/// Tells a test that a payment has come so far. It is nothing at all without the feature `failpoints`.
macro_rules! failpoint {
    ($point:ident) => {
        #[cfg(feature = "failpoints")]
        $crate::failpoints::passed($crate::failpoints::Failpoint::$point);
    };
}
