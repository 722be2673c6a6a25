//! What should have happened and did not.

use core::fmt::Debug;

/// Everything that was found to be different.
#[derive(Debug, Default)]
pub(super) struct Checks {
    scene: String,
    differences: Vec<String>,
}

impl Checks {
    /// What is found from now on belongs to this scene.
    pub(super) fn enter(&mut self, scene: impl Into<String>) {
        self.scene = scene.into();
    }

    /// Two values should be the same.
    pub(super) fn same<T: PartialEq + Debug>(&mut self, what: &str, found: &T, expected: &T) {
        if found != expected {
            self.differs(&format!("{what}: {found:?} instead of {expected:?}"));
        }
    }

    /// Something should hold.
    pub(super) fn holds(&mut self, what: &str, it_does: bool) {
        if !it_does {
            self.differs(&format!("this does not hold: {what}"));
        }
    }

    /// Something is different.
    pub(super) fn differs(&mut self, how: &str) {
        self.differences.push(format!("{}: {how}", self.scene));
    }

    /// All of it, in order.
    pub(super) fn differences(&self) -> &[String] {
        &self.differences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_as_expected_is_no_difference() {
        let mut checks = Checks::default();
        checks.same("settled", &1, &1);
        checks.holds("the log is intact", true);
        assert!(checks.differences().is_empty());
    }

    #[test]
    fn what_is_not_is_told_with_its_scene() {
        let mut checks = Checks::default();
        checks.enter("scene 2");
        checks.same("settled", &1, &2);
        checks.holds("the log is intact", false);
        assert_eq!(
            checks.differences(),
            [
                "scene 2: settled: 1 instead of 2",
                "scene 2: this does not hold: the log is intact"
            ]
        );
    }
}
