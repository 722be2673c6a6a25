//! The detector: which recognizers run over which views of a text.

use super::classes::ByteClasses;
use super::entity::EntitySet;
use super::joined::Joined;
use super::recognize::{Hits, RECOGNIZERS};
use super::resolve::resolve;
use super::steps::step;
use super::unfold::{Escapes, decoded, encoded_runs, folded, has_quoted_printable, spelled};
use super::url_parts::searchable_parts;
use super::view::View;
use super::{DetectionMode, EntityType, Finding};

/// How often escapes are peeled off: `%2540` is `@` after two rounds. Bounded, so that a text of nested
/// escapes cannot multiply the work.
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
    spelled_emails: bool,
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
        let mut findings = Vec::new();
        self.search_all_views(&View::of_text(text), &mut findings);
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
            self.search_all_views(&View::of_url_part(part.text, part.offset), &mut findings);
        }
        on_char_boundaries(url, resolve(findings))
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
        let mut findings = Vec::new();
        let view = View::of_text(&text);
        let clear = folded(&view);
        let view = clear.as_ref().unwrap_or(&view);
        if starts.len() > 1
            && may_be_split(&ByteClasses::of(view.bytes()))
            && view.can_be_mapped()
            && let Some(joined) = Joined::of(view)
        {
            let hits = self.hits(joined.view(), &ByteClasses::of(joined.view().bytes()));
            findings = joined.across_parts(hits, self.entities);
        }
        let field_of = |found: &Finding| {
            let next = starts.partition_point(|start| *start <= found.span.start);
            next.checked_sub(1)
        };
        findings
            .into_iter()
            .filter_map(|mut found| {
                let field = field_of(&found)?;
                let start = starts.get(field)?;
                found.span =
                    found.span.start.checked_sub(*start)?..found.span.end.checked_sub(*start)?;
                Some((field, found))
            })
            .collect()
    }

    /// Searches a field as it stands and in every other way that it can be read.
    fn search_all_views(&self, view: &View<'_>, findings: &mut Vec<Finding>) {
        let classes = ByteClasses::of(view.bytes());
        self.search_unfolded(view, classes, findings);
        if may_be_encoded(&classes) {
            encoded_runs(view, |text| {
                self.search_unfolded(text, ByteClasses::of(text.bytes()), findings);
            });
        }
    }

    /// Searches a view as it stands, folded, and with its escapes peeled off round by round.
    fn search_unfolded(&self, view: &View<'_>, classes: ByteClasses, findings: &mut Vec<Finding>) {
        let plain = !classes.needs_folding() && !classes.has_escapes();
        if plain && !classes.has_equals() && !classes.has_brackets() {
            return self.search(view, &classes, findings);
        }
        // What escapes hide in a URL stands beside digits of the escapes themselves.
        let escaped = view.in_url() && classes.has_percent() && has_percent_escape(view);
        if !escaped {
            self.search(view, &classes, findings);
        }
        if !view.can_be_mapped() {
            return;
        }
        let clear = self.search_read(view, &classes, findings);
        self.peel(clear.as_ref().unwrap_or(view), Escapes::Common, 0, findings);
    }

    /// Searches what is under the escapes of `view`, [`MAX_DECODING_ROUNDS`] deep. Where quoted-printable
    /// shows, it is from there on read as such as well.
    fn peel(&self, view: &View<'_>, escapes: Escapes, peeled: usize, findings: &mut Vec<Finding>) {
        let mut escapes_at_hand = escapes;
        if escapes == Escapes::Common && has_quoted_printable(view) {
            self.peel(view, Escapes::QuotedPrintable, peeled, findings);
            escapes_at_hand = Escapes::CommonAlone;
        }
        if peeled == MAX_DECODING_ROUNDS {
            return;
        }
        let Some(current) = decoded(view, escapes) else {
            return;
        };
        let classes = ByteClasses::of(current.bytes());
        self.search(&current, &classes, findings);
        let read = self.search_read(&current, &classes, findings);
        self.peel(
            read.as_ref().unwrap_or(&current),
            escapes_at_hand,
            peeled + 1,
            findings,
        );
    }

    /// Searches `view` as a person would read it, and returns that view if it differs.
    fn search_read(
        &self,
        view: &View<'_>,
        classes: &ByteClasses,
        findings: &mut Vec<Finding>,
    ) -> Option<View<'static>> {
        let clear = classes.needs_folding().then(|| folded(view)).flatten();
        if let Some(clear) = &clear {
            self.search(clear, &ByteClasses::of(clear.bytes()), findings);
        }
        if self.spelled_emails {
            let spelled = spelled(clear.as_ref().unwrap_or(view));
            if let Some(spelled) = spelled {
                self.search(&spelled, &ByteClasses::of(spelled.bytes()), findings);
            }
        }
        clear
    }

    fn hits(&self, view: &View<'_>, classes: &ByteClasses) -> Hits {
        let mut hits = Hits::of(self.entities);
        for recognizer in &RECOGNIZERS {
            if (recognizer.may_match)(classes) && recognizer.reports_one_of(self.entities) {
                (recognizer.recognize)(view, &mut hits);
            }
        }
        hits
    }

    fn search(&self, view: &View<'_>, classes: &ByteClasses, findings: &mut Vec<Finding>) {
        if may_be_split(classes)
            && view.can_be_mapped()
            && let Some(joined) = Joined::of(view)
        {
            let hits = self.hits(joined.view(), &ByteClasses::of(joined.view().bytes()));
            let across = joined.across_parts(hits, self.entities);
            findings.extend(
                across
                    .into_iter()
                    .filter(|found| found.score >= self.min_score),
            );
        }
        findings.extend(
            self.hits(view, classes)
                .into_findings()
                .filter(|found| found.score >= self.min_score)
                .map(|found| Finding {
                    span: view.original(found.span),
                    ..found
                }),
        );
    }
}

/// Whether a number or an address may be split over the parts of a list.
const fn may_be_split(classes: &ByteClasses) -> bool {
    classes.has_separators()
        && (classes.digits >= 9 || classes.has_at() || (classes.has_equals() && classes.has_dot()))
}

/// Whether there may be a run of base64 or hexadecimal digits that holds something: capitals and digits
/// are more than half of either.
const fn may_be_encoded(classes: &ByteClasses) -> bool {
    classes.len >= 16 && classes.uppers + classes.digits >= 5
}

fn has_percent_escape(view: &View<'_>) -> bool {
    (0..view.bytes().len()).any(|position| {
        step();
        view.escape_at(position).is_some()
    })
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
