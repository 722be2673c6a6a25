//! How the page looks: by day, by night and on paper.

/// The whole style. It holds no text of anybody else's.
pub(super) const CSS: &str = include_str!("report.css");
