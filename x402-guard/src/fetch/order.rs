//! What the command line asks for.

use std::time::Duration;

use x402_tower_reqwest::reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use x402_tower_reqwest::reqwest::{Method, Response, Url};
use x402_tower_reqwest::{GuardedClient, X402Error};

use crate::args::FetchArgs;
use crate::fetch::body::Data;
use crate::fetch::error::UsageError;
use crate::fetch::key::KeyName;

/// Longest idempotency key that the guard takes, in bytes.
const MAX_IDEMPOTENCY_KEY_BYTES: usize = 256;

/// A request, read and checked.
pub(crate) struct Order {
    pub(crate) key_name: KeyName,
    method: Method,
    url: Url,
    headers: HeaderMap,
    idempotency_key: Option<String>,
    timeout: Duration,
}

impl Order {
    pub(crate) fn read(args: &FetchArgs) -> Result<Self, UsageError> {
        let url = Url::parse(&args.url).map_err(|_| UsageError::Url)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UsageError::Scheme);
        }
        let method = match (&args.method, &args.data) {
            (Some(name), _) => {
                Method::from_bytes(name.as_bytes()).map_err(|_| UsageError::Method)?
            }
            (None, Some(_)) => Method::POST,
            (None, None) => Method::GET,
        };
        let mut headers = HeaderMap::new();
        for line in &args.headers {
            let (name, value) = header(line).ok_or(UsageError::Header)?;
            headers.append(name, value);
        }
        if args.idempotency_key.as_ref().is_some_and(|key| !fits(key)) {
            return Err(UsageError::IdempotencyKey);
        }
        Ok(Self {
            key_name: KeyName::read(&args.key_env)?,
            method,
            url,
            headers,
            idempotency_key: args.idempotency_key.clone(),
            timeout: Duration::from_secs(args.timeout),
        })
    }

    /// Sends it, and pays if it is asked to and may.
    pub(crate) async fn send(
        self,
        client: &GuardedClient,
        data: Option<Data>,
    ) -> Result<Response, X402Error> {
        let mut headers = self.headers;
        let mut request = client.request(self.method, self.url).timeout(self.timeout);
        if let Some(data) = data {
            headers
                .entry(CONTENT_TYPE)
                .or_insert(HeaderValue::from_static(data.content_type()));
            request = request.body(data.into_bytes());
        }
        // Replaces, where the header was given by hand as well.
        request = request.headers(headers);
        if let Some(key) = &self.idempotency_key {
            request = request.idempotency_key(key);
        }
        request.send().await
    }
}

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    let name = HeaderName::from_bytes(name.trim_ascii().as_bytes()).ok()?;
    let mut value = HeaderValue::from_bytes(value.trim_ascii().as_bytes()).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

fn fits(key: &str) -> bool {
    (1..=MAX_IDEMPOTENCY_KEY_BYTES).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_graphic())
}
