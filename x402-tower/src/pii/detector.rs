//! The detector: which recognizers run over which views of a text.

#[cfg(feature = "nlp")]
use std::ops::Range;

use super::classes::ByteClasses;
use super::entity::EntitySet;
#[cfg(feature = "nlp")]
use super::names::find_names;
use super::recognize::{Hits, RECOGNIZERS};
use super::resolve::resolve;
use super::url_parts::searchable_parts;
use super::view::View;
use super::{DetectionMode, EntityType, Finding};

/// How often `%XX` escapes are peeled off: `%2540` is `@` after two rounds. Bounded, so that a text of
/// nested escapes cannot multiply the work.
const MAX_DECODING_ROUNDS: usize = 3;

/// Finds personal data in text and URLs.
///
/// It is a few bytes of settings, so clone it freely. Scanning takes time linear in the input, whatever
/// the input is, and allocates nothing when there is nothing to decode or to report.
///
/// ```
/// use x402_tower::pii::{Detector, EntityType};
///
/// let detector = Detector::with_entities([EntityType::EmailAddress]);
/// assert_eq!(detector.scan("mail alice@example.com from 8.8.8.8").len(), 1);
/// assert!(detector.scan("0x036CbD53842c5426634e7929541eC2318f3dCF7e").is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct Detector {
    entities: EntitySet,
    min_score: u8,
    mode: DetectionMode,
}

impl Detector {
    /// A detector for [`EntityType::DEFAULT`].
    #[must_use]
    pub fn new() -> Self {
        Self::with_entities(EntityType::DEFAULT.iter().copied())
    }

    /// A detector for these kinds alone. With none it finds nothing.
    #[must_use]
    pub fn with_entities(entities: impl IntoIterator<Item = EntityType>) -> Self {
        Self {
            entities: entities.into_iter().collect(),
            min_score: 0,
            mode: DetectionMode::default(),
        }
    }

    /// Finds what this mode can find, of the kinds that were asked for. The default is
    /// [`Structural`](DetectionMode::Structural), in which [names](EntityType::NAMES) are never found.
    #[must_use]
    pub fn with_mode(self, mode: DetectionMode) -> Self {
        Self { mode, ..self }
    }

    /// How this detector finds.
    #[must_use]
    pub const fn mode(&self) -> DetectionMode {
        self.mode
    }

    /// Reports only findings with at least this score, in percent. The default 0 reports all.
    ///
    /// ```
    /// use x402_tower::pii::Detector;
    ///
    /// let checksummed_only = Detector::new().with_min_score(100);
    /// assert!(checksummed_only.scan("415-555-2671").is_empty());
    /// assert_eq!(checksummed_only.scan("4111-1111-1111-1111").len(), 1);
    /// ```
    #[must_use]
    pub fn with_min_score(self, min_score: u8) -> Self {
        Self { min_score, ..self }
    }

    /// The personal data in a text: sorted, without overlaps.
    ///
    /// Text with `%XX` escapes is searched as it stands and decoded. The text is not taken for a URL:
    /// use [`scan_url`](Self::scan_url) for one.
    #[must_use]
    pub fn scan(&self, text: &str) -> Vec<Finding> {
        let mut findings = Vec::new();
        let view = View::of_text(text);
        let classes = self.search(&view, &mut findings);
        if classes.has_percent() {
            self.search_decoded(&view, &mut findings);
        }
        on_char_boundaries(text, resolve(findings))
    }

    /// The personal data in the userinfo, path, query and fragment of a URL: sorted, without overlaps.
    ///
    /// Scheme, host and port are never reported, be the host an IP address or not. Parts are searched
    /// percent-decoded, also where escaped twice; spans cover the escapes in the original URL.
    ///
    /// ```
    /// use x402_tower::pii::Detector;
    ///
    /// let url = "http://10.0.0.1:4021/lookup/8.8.8.8";
    /// let findings = Detector::new().scan_url(url);
    /// assert_eq!(findings.len(), 1);
    /// assert_eq!(&url[findings[0].span.clone()], "8.8.8.8");
    /// ```
    #[must_use]
    pub fn scan_url(&self, url: &str) -> Vec<Finding> {
        let mut findings = Vec::new();
        let (userinfo, rest) = searchable_parts(url);
        for part in userinfo.into_iter().chain([rest]) {
            let view = View::of_url_part(part.text, part.offset);
            if !part.text.contains('%') || !self.search_decoded(&view, &mut findings) {
                self.search(&view, &mut findings);
            }
        }
        on_char_boundaries(url, resolve(findings))
    }

    /// Searches what is under the escapes of `view`; `false` if it has none.
    fn search_decoded(&self, view: &View<'_>, findings: &mut Vec<Finding>) -> bool {
        let mut decoded = view.percent_decoded();
        let found_any = decoded.is_some();
        for _ in 0..MAX_DECODING_ROUNDS {
            let Some(current) = decoded else { break };
            self.search(&current, findings);
            decoded = current.percent_decoded();
        }
        found_any
    }

    fn search(&self, view: &View<'_>, findings: &mut Vec<Finding>) -> ByteClasses {
        let classes = ByteClasses::of(view.bytes());
        let mut hits = Hits::of(self.entities);
        for recognizer in &RECOGNIZERS {
            if (recognizer.may_match)(&classes) && recognizer.reports_one_of(self.entities) {
                (recognizer.recognize)(view, &mut hits);
            }
        }
        let mut found: Vec<Finding> = hits.into_findings().collect();
        #[cfg(feature = "nlp")]
        self.search_names(view, &mut found);
        findings.extend(
            found
                .into_iter()
                .filter(|found| found.score >= self.min_score)
                .map(|found| Finding {
                    span: view.original(found.span),
                    ..found
                }),
        );
        classes
    }
}

#[cfg(feature = "nlp")]
impl Detector {
    /// Adds the names in `view` to what was found there, where nothing else was.
    fn search_names(&self, view: &View<'_>, found: &mut Vec<Finding>) {
        let wants = |entity: &EntityType| self.entities.contains(*entity);
        if self.mode != DetectionMode::Nlp || !EntityType::NAMES.iter().any(wants) {
            return;
        }
        let mut taken: Vec<Range<usize>> = found.iter().map(|found| found.span.clone()).collect();
        taken.sort_unstable_by_key(|span| span.start);
        find_names(view, &taken, found);
        found.retain(|found| wants(&found.entity));
    }
}

impl Default for Detector {
    fn default() -> Self {
        Self::new()
    }
}

/// Recognizers end matches beside whole characters; this keeps the promise should one of them not.
fn on_char_boundaries(text: &str, mut findings: Vec<Finding>) -> Vec<Finding> {
    for found in &mut findings {
        found.span =
            text.floor_char_boundary(found.span.start)..text.ceil_char_boundary(found.span.end);
    }
    findings
}
