//! The detector: what it looks for, and in what.

use std::sync::Arc;

use super::entity::EntitySet;
use super::resolve::resolve;
use super::search::Search;
use super::url_parts::searchable_parts;
use super::view::View;
use super::{Allowed, CustomRecognizer, DetectionMode, EntityType, Finding, RecognizerError};

/// Finds personal data in text and URLs.
///
/// It is a few bytes of settings and a shared list of [recognizers of one's own](CustomRecognizer), so clone it freely.
/// Scanning takes time linear in the input, whatever the input is, and allocates nothing when there is nothing to decode
/// or to report.
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
    pub(super) entities: EntitySet,
    pub(super) min_score: u8,
    pub(super) mode: DetectionMode,
    pub(super) spelled_emails: bool,
    pub(super) own: Arc<[CustomRecognizer]>,
    allowed: Arc<[Allowed]>,
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
            spelled_emails: true,
            own: Arc::default(),
            allowed: Arc::default(),
        }
    }

    /// Finds what this mode can find, of the kinds that were asked for. The default is
    /// [`Structural`](DetectionMode::Structural), in which [names](EntityType::NAMES) are never found.
    #[must_use]
    pub fn with_mode(self, mode: DetectionMode) -> Self {
        Self { mode, ..self }
    }

    /// Whether `alice(at)example[dot]com` is an address; the default is that it is.
    #[must_use]
    pub fn with_spelled_emails(self, spelled_emails: bool) -> Self {
        Self {
            spelled_emails,
            ..self
        }
    }

    /// How many recognizers of one's own a detector can have.
    pub const MAX_RECOGNIZERS: usize = 64;

    /// Finds what this recognizer finds as well, whatever the kinds are that were asked for.
    ///
    /// # Errors
    ///
    /// [`RecognizerError::TooManyRecognizers`].
    pub fn with_recognizer(self, recognizer: CustomRecognizer) -> Result<Self, RecognizerError> {
        if self.own.len() >= Self::MAX_RECOGNIZERS {
            return Err(RecognizerError::TooManyRecognizers);
        }
        let own = self.own.iter().cloned().chain([recognizer]).collect();
        Ok(Self { own, ..self })
    }

    /// Drops findings that are allowed.
    ///
    /// # Errors
    ///
    /// [`RecognizerError::TooManyAllowed`].
    pub fn with_allowed(self, allowed: Allowed) -> Result<Self, RecognizerError> {
        if self.allowed.len() >= Allowed::MAX {
            return Err(RecognizerError::TooManyAllowed);
        }
        let allowed = self.allowed.iter().cloned().chain([allowed]).collect();
        Ok(Self { allowed, ..self })
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
    /// Text is searched as it stands and without its disguise: escapes decoded, look-alikes and invisible
    /// characters folded, base64 and hexadecimal runs opened. It is not taken for a URL: use
    /// [`scan_url`](Self::scan_url) for one.
    #[must_use]
    pub fn scan(&self, text: &str) -> Vec<Finding> {
        self.scan_text(None, text)
    }

    /// The same in a field with a name or path, such as `resource.description`, for which more may be
    /// [allowed](Allowed::in_field).
    #[must_use]
    pub fn scan_field(&self, field: &str, text: &str) -> Vec<Finding> {
        self.scan_text(Some(field), text)
    }

    fn scan_text(&self, field: Option<&str>, text: &str) -> Vec<Finding> {
        let mut search = Search::of(self);
        search.field(&View::of_text(text));
        self.reported(field, text, search.into_findings())
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
        self.scan_url_text(None, url)
    }

    /// The same in a field with a name or path, for which more may be [allowed](Allowed::in_field).
    #[must_use]
    pub fn scan_url_field(&self, field: &str, url: &str) -> Vec<Finding> {
        self.scan_url_text(Some(field), url)
    }

    fn scan_url_text(&self, field: Option<&str>, url: &str) -> Vec<Finding> {
        let mut search = Search::of(self);
        let (userinfo, rest) = searchable_parts(url);
        for part in userinfo.into_iter().chain([rest]) {
            search.field(&View::of_url_part(part.text, part.offset));
        }
        self.reported(field, url, search.into_findings())
    }

    /// What is left of the findings once they are joined and those that are allowed are gone.
    fn reported(&self, field: Option<&str>, text: &str, findings: Vec<Finding>) -> Vec<Finding> {
        let mut findings = on_char_boundaries(text, resolve(findings));
        findings.retain(|found| !self.allows(field, text, found));
        findings
    }

    /// Whether what was found in `text` is [allowed](Self::with_allowed).
    fn allows(&self, field: Option<&str>, text: &str, found: &Finding) -> bool {
        self.allowed.iter().any(|allowed| {
            let matched = text.get(found.span.clone()).unwrap_or_default();
            allowed.lets_pass(field, found.entity, matched)
        })
    }

    /// What is split over several fields, such as the items of a list: for each field that holds a part of it, its
    /// position among `fields` and the finding in it. What one field holds as a whole is left to
    /// [`scan`](Self::scan).
    ///
    /// ```
    /// use x402_tower::pii::Detector;
    ///
    /// let split = Detector::new().scan_split(["4111", "1111", "1111", "1111", "blue"]);
    /// assert_eq!(split.len(), 4);
    /// assert_eq!((split[3].0, split[3].1.span.clone()), (3, 0..4));
    /// ```
    #[must_use]
    pub fn scan_split<'f>(
        &self,
        fields: impl IntoIterator<Item = &'f str>,
    ) -> Vec<(usize, Finding)> {
        let (mut text, mut starts) = (String::new(), Vec::new());
        for field in fields {
            starts.push(text.len());
            // Separates parts of a list, and is no part of what is looked for.
            text.extend([field, "\n"]);
        }
        let mut search = Search::of(self);
        if starts.len() > 1 {
            search.parts(&View::of_text(&text));
        }
        let field_of = |found: &Finding| {
            let next = starts.partition_point(|start| *start <= found.span.start);
            next.checked_sub(1)
        };
        resolve(search.into_findings())
            .into_iter()
            .filter_map(|mut found| {
                let field = field_of(&found)?;
                let start = starts.get(field)?;
                if self.allows(None, &text, &found) {
                    return None;
                }
                found.span =
                    found.span.start.checked_sub(*start)?..found.span.end.checked_sub(*start)?;
                Some((field, found))
            })
            .collect()
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
