//! The challenge: what a server asks to be paid.

use bytes::Bytes;
use http::header::{HeaderMap, HeaderValue};

use super::edited::Edited;
use super::json::{Document, Kind, Limits, NodeId, Value};
use super::object::{Fields, Members};
use super::text::{self, TextField, TextId, Walk};
use super::{
    MAX_BODY_BYTES, MAX_HEADER_BYTES, MAX_REQUIREMENTS, Requirement, Version, WireError, conflict,
    header, object,
};

const FIELDS: &[&str] = &["x402Version", "error", "resource", "accepts", "extensions"];

/// A `PaymentRequired` of either version.
///
/// ```
/// use x402_tower::wire::Challenge;
///
/// let body = r#"{"x402Version":1,"error":"ask bob@example.com","accepts":[{"scheme":"exact","network":"base",
///   "maxAmountRequired":"10000","resource":"https://api.example.com/report","description":"",
///   "payTo":"0x209693Bc6afc0C5328bA36FaF03C514EF312287C","maxTimeoutSeconds":60,
///   "asset":"0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"}]}"#;
/// let mut challenge = Challenge::from_body(body.into())?;
/// assert_eq!(challenge.to_bytes(), body, "unedited: byte for byte");
///
/// let error = challenge.texts().into_iter().find(|text| text.path == "error").unwrap();
/// challenge.replace_text(&error, "ask [EMAIL]")?;
/// assert_eq!(challenge.to_bytes(), body.replace("bob@example.com", "[EMAIL]"));
/// # Ok::<(), x402_tower::wire::WireError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Challenge {
    version: Version,
    message: Edited,
    requirements: Vec<Requirement>,
    removed: Vec<NodeId>,
    original: Option<HeaderValue>,
}

impl Challenge {
    /// The v2 challenge in `PAYMENT-REQUIRED`, or `None` if there is no such header.
    ///
    /// # Errors
    ///
    /// [`WireError`] if the header is there and not exactly one well-formed v2 challenge.
    pub fn from_headers(headers: &HeaderMap) -> Result<Option<Self>, WireError> {
        let Some(value) = header::single(headers, &header::PAYMENT_REQUIRED)? else {
            return Ok(None);
        };
        let json = header::decode(value, MAX_HEADER_BYTES)?;
        let document = Document::parse(json, Limits::bytes(MAX_HEADER_BYTES))?;
        Self::read(document, Version::V2, Some(header::sensitive(value))).map(Some)
    }

    /// The v1 challenge that is the body of a 402.
    ///
    /// # Errors
    ///
    /// [`WireError::NotX402`] if the body is something else, such as HTML or another protocol's JSON; any other
    /// [`WireError`] if it is x402 but not a well-formed v1 challenge.
    pub fn from_body(body: Bytes) -> Result<Self, WireError> {
        if !may_be_object(&body) {
            return Err(WireError::NotX402);
        }
        let document = Document::parse(body, Limits::bytes(MAX_BODY_BYTES))?;
        let root = document.root();
        if root.get("x402Version").is_none() && root.get("accepts").is_none() {
            return Err(WireError::NotX402);
        }
        Self::read(document, Version::V1, None)
    }

    fn read(
        document: Document,
        version: Version,
        original: Option<HeaderValue>,
    ) -> Result<Self, WireError> {
        let root = object::object(document.root(), "the challenge")?;
        object::refuse_aliases(root, FIELDS)?;
        version.expect(root)?;
        object::optional_string(root, "error")?;
        match version {
            Version::V1 => {
                for field in ["resource", "extensions"] {
                    if root.get(field).is_some() {
                        return Err(WireError::OtherVersion { field, version });
                    }
                }
            }
            Version::V2 => {
                read_resource(root)?;
                object::optional_object(root, "extensions")?;
            }
        }
        let requirements = read_requirements(&document, root, version)?;
        Ok(Self {
            version,
            message: Edited::new(document),
            requirements,
            removed: Vec::new(),
            original,
        })
    }

    /// The protocol version, which is also the transport: v2 in the header, v1 in the body.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The ways to pay that are still offered, in the server's order.
    #[must_use]
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// The URL that the challenge says is paid for, as received: v2 `resource.url`, v1 the first requirement's
    /// `resource`. The server's word; compare it with the URL that answered (attack 47).
    #[must_use]
    pub fn resource_url(&self) -> Option<std::borrow::Cow<'_, str>> {
        match self.version {
            Version::V1 => self.first_v1_resource()?.as_str(),
            Version::V2 => object::present(self.root(), "resource")?
                .get("url")?
                .as_str(),
        }
    }

    /// The server's `error` text, with the edits made so far.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        self.message.text(self.root().get("error")?)
    }

    /// The exact source text of v2's `resource`, for the payment that repeats it.
    #[must_use]
    pub fn resource_raw(&self) -> Option<&str> {
        object::present(self.root(), "resource").map(Value::raw)
    }

    /// The exact source text of v2's `extensions`, for the payment that echoes them.
    #[must_use]
    pub fn extensions_raw(&self) -> Option<&str> {
        object::present(self.root(), "extensions").map(Value::raw)
    }

    /// The names of the extensions that the server declares.
    #[must_use]
    pub fn extension_names(&self) -> Vec<String> {
        let extensions = object::present(self.root(), "extensions");
        extensions
            .into_iter()
            .flat_map(Value::entries)
            .map(|(name, _)| name.into_owned())
            .collect()
    }

    /// Every free text of the challenge, with the edits made so far, in document order.
    #[must_use]
    pub fn texts(&self) -> Vec<TextField> {
        self.message
            .texts(|walk| walk_challenge(walk, self.root(), self.version, &self.removed))
    }

    /// Replaces a text that [`texts`](Self::texts) calls rewritable. The same text again is no edit.
    ///
    /// # Errors
    ///
    /// [`WireError::NotRewritable`] for anything else.
    pub fn replace_text(&mut self, text: impl Into<TextId>, value: &str) -> Result<(), WireError> {
        let document = self.message.document().clone();
        let (version, removed) = (self.version, &self.removed);
        self.message.replace(text.into(), value, |walk| {
            walk_challenge(walk, document.root(), version, removed);
        })
    }

    /// Withdraws the requirements for which `keep` is false. What remains may be empty: nothing to pay then.
    pub fn retain_requirements(&mut self, mut keep: impl FnMut(&Requirement) -> bool) {
        let (message, removed) = (&mut self.message, &mut self.removed);
        self.requirements.retain(|requirement| {
            let kept = keep(requirement);
            if !kept {
                message.remove(requirement.node());
                removed.push(requirement.node());
            }
            kept
        });
    }

    /// Whether a text was replaced or a requirement withdrawn.
    #[must_use]
    pub fn is_edited(&self) -> bool {
        self.message.is_edited()
    }

    /// The message as received.
    #[must_use]
    pub fn document(&self) -> &Document {
        self.message.document()
    }

    /// The JSON as it should leave; the received bytes if nothing was edited.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        self.message.to_bytes()
    }

    /// The v2 header value as it should leave; the received one if nothing was edited.
    ///
    /// # Errors
    ///
    /// [`WireError::NoHeaderForm`] for v1, [`WireError::TooLarge`] if edits made it longer than a header may be.
    pub fn to_header_value(&self) -> Result<HeaderValue, WireError> {
        match (&self.original, self.is_edited()) {
            (Some(original), false) => Ok(original.clone()),
            (Some(_), true) => header::encode(&self.to_bytes()),
            (None, _) => Err(WireError::NoHeaderForm),
        }
    }

    /// Whether two challenges of one response contradict each other: for a chain and scheme that both offer, one
    /// asks for an amount, asset or recipient that the other does not have (attack 28).
    ///
    /// Readers pick either one, so a contradiction means that nobody knows what would be paid.
    #[must_use]
    pub fn conflicts_with(&self, other: &Self) -> bool {
        conflict::between(&self.requirements, &other.requirements)
    }

    fn root(&self) -> Value<'_> {
        self.message.document().root()
    }

    fn first_v1_resource(&self) -> Option<Value<'_>> {
        self.message
            .document()
            .value(self.requirements.first()?.node())?
            .get("resource")
    }
}

pub(super) fn read_resource<'a>(root: impl Fields<'a>) -> Result<(), WireError> {
    if let Some(resource) = object::optional_object(root, "resource")? {
        let resource = &Members::of(resource, &["url", "description", "mimeType"])?;
        object::optional_string(resource, "url")?;
        object::optional_string(resource, "description")?;
        object::optional_string(resource, "mimeType")?;
    }
    Ok(())
}

fn read_requirements(
    document: &Document,
    root: Value<'_>,
    version: Version,
) -> Result<Vec<Requirement>, WireError> {
    let field = "accepts";
    let accepts = root.get(field).ok_or(WireError::Missing { field })?;
    if accepts.kind() != Kind::Array {
        return Err(WireError::Type {
            field,
            wanted: "an array",
        });
    }
    let count = accepts.items().take(MAX_REQUIREMENTS + 1).count();
    if !(1..=MAX_REQUIREMENTS).contains(&count) {
        return Err(WireError::RequirementCount {
            limit: MAX_REQUIREMENTS,
        });
    }
    accepts
        .items()
        .enumerate()
        .map(|(index, entry)| Requirement::read(document, entry, version, index))
        .collect()
}

/// Whether any JSON reader, also one that skips a byte order mark, could see an object here.
fn may_be_object(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    body.trim_ascii_start().first() == Some(&b'{')
}

fn walk_challenge(walk: &mut Walk<'_>, root: Value<'_>, version: Version, removed: &[NodeId]) {
    for (key, value) in root.entries() {
        match key.as_ref() {
            "x402Version" => {}
            "error" => walk.member("error", |walk| walk.leaves(value, true)),
            "resource" => text::walk_resource(walk, value),
            "accepts" => walk.member("accepts", |walk| {
                for (index, entry) in value.items().enumerate() {
                    if !removed.contains(&entry.id()) {
                        walk.item(index, |walk| {
                            text::walk_requirement(walk, entry, version == Version::V1);
                        });
                    }
                }
            }),
            "extensions" => text::walk_extensions(walk, Some(value), |_| false),
            _ => walk.entry(&key, value, false),
        }
    }
}
