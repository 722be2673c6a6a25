//! The search for names, in what the other recognizers left.

use super::super::view::View;
use super::{Search, Taken};
#[cfg(feature = "nlp")]
use {
    super::super::entity::EntitySet,
    super::super::names::find_names,
    super::super::{DetectionMode, EntityType, Finding},
};

/// URI schemes that stand before personal data.
#[cfg(feature = "nlp")]
const SCHEMES: &[&[u8]] = &[b"mailto", b"tel", b"sms", b"sip", b"sips", b"xmpp", b"acct"];

#[cfg(feature = "nlp")]
impl Search<'_> {
    pub(super) fn looks_for_names(&self) -> bool {
        self.detector.mode == DetectionMode::Nlp
            && self.detector.entities.has_one_of(EntitySet::NAMES)
    }

    /// Searches for names where nothing else was found.
    pub(super) fn names(&mut self, view: &View<'_>, taken: &Taken) {
        if !self.looks_for_names() {
            return;
        }
        let wanted = self.detector.entities;
        let wants = |entity: &EntityType| wanted.contains(*entity);
        let mut names = Vec::new();
        find_names(view, taken, &mut names);
        // `mailto:` before an address is a scheme; `Maria:` before one is somebody's name.
        let is_scheme = |found: &Finding| {
            let word = view.slice(found.span.clone());
            view.at(found.span.end) == b':'
                && SCHEMES
                    .iter()
                    .any(|scheme| word.eq_ignore_ascii_case(scheme))
        };
        names.retain(|found| wants(&found.entity) && !is_scheme(found));
        self.report(names.into_iter().map(|found| Finding {
            span: view.original(found.span),
            ..found
        }));
    }
}

#[cfg(not(feature = "nlp"))]
impl Search<'_> {
    /// Without the model there are no names to be found.
    #[expect(
        clippy::unused_self,
        clippy::needless_pass_by_ref_mut,
        reason = "the same call with and without the model"
    )]
    pub(super) fn names(&mut self, _view: &View<'_>, _taken: &Taken) {}

    /// None are looked for.
    #[expect(
        clippy::unused_self,
        reason = "the same call with and without the model"
    )]
    pub(super) const fn looks_for_names(&self) -> bool {
        false
    }
}
