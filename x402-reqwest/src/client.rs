//! A client whose every request is guarded.

use core::fmt;

use http::Extensions;
use reqwest::redirect::Policy;
use reqwest::{IntoUrl, Method, Request, Response};
use reqwest_middleware::ClientWithMiddleware;

use crate::builder::GuardedClientBuilder;
use crate::error::X402Error;
use crate::middleware::GuardMiddleware;
use crate::redirect::{MAX_REDIRECTS, follow, followable};
use crate::request::GuardedRequestBuilder;

/// A [`reqwest`] client that pays 402s, and only what its controls allow.
///
/// Clones share connections, controls and budgets.
///
/// # Redirects
///
/// The client under it follows none. It follows them itself, and only those that cannot cost anything unseen: of GET and
/// HEAD requests that nothing was paid for, to the same origin (scheme, host and port), at most ten. A challenge
/// at the end is then held against the final URL. Any other redirect is the answer: the caller gets the 3xx response and
/// may request its `Location`. A timeout of the request counts for each hop.
#[derive(Clone)]
pub struct GuardedClient {
    http: reqwest::Client,
    stack: ClientWithMiddleware,
}

impl GuardedClient {
    /// A client over what `http` builds, with redirects off.
    ///
    /// It takes the builder and not a client, because a client that is built does not tell whether it follows redirects.
    pub fn builder(http: reqwest::ClientBuilder) -> GuardedClientBuilder {
        GuardedClientBuilder::new(http.redirect(Policy::none()).build())
    }

    /// A client over a client that exists.
    ///
    /// The caller vouches that it was built with [`reqwest::redirect::Policy::none`]. One that was not could carry a
    /// signed payment to another origin; see [`GuardMiddleware`] for what is still noticed.
    pub fn dangerous_with_client(http: reqwest::Client) -> GuardedClientBuilder {
        GuardedClientBuilder::new(Ok(http))
    }

    pub(crate) fn new(http: reqwest::Client, guard: GuardMiddleware) -> Self {
        let stack = reqwest_middleware::ClientBuilder::new(http.clone())
            .with(guard)
            .build();
        Self { http, stack }
    }

    /// A GET request.
    pub fn get(&self, url: impl IntoUrl) -> GuardedRequestBuilder {
        self.request(Method::GET, url)
    }

    /// A POST request.
    pub fn post(&self, url: impl IntoUrl) -> GuardedRequestBuilder {
        self.request(Method::POST, url)
    }

    /// A PUT request.
    pub fn put(&self, url: impl IntoUrl) -> GuardedRequestBuilder {
        self.request(Method::PUT, url)
    }

    /// A PATCH request.
    pub fn patch(&self, url: impl IntoUrl) -> GuardedRequestBuilder {
        self.request(Method::PATCH, url)
    }

    /// A DELETE request.
    pub fn delete(&self, url: impl IntoUrl) -> GuardedRequestBuilder {
        self.request(Method::DELETE, url)
    }

    /// A HEAD request.
    pub fn head(&self, url: impl IntoUrl) -> GuardedRequestBuilder {
        self.request(Method::HEAD, url)
    }

    /// A request of any method. A URL that does not parse is an error of [`send`](GuardedRequestBuilder::send).
    pub fn request(&self, method: Method, url: impl IntoUrl) -> GuardedRequestBuilder {
        GuardedRequestBuilder::new(self.clone(), self.http.request(method, url))
    }

    /// Sends a request that was built elsewhere.
    ///
    /// # Errors
    ///
    /// [`X402Error`]; see [`GuardedRequestBuilder::send`].
    pub async fn execute(&self, request: Request) -> Result<Response, X402Error> {
        self.run(request, Extensions::new()).await
    }

    pub(crate) async fn run(
        &self,
        mut request: Request,
        mut extensions: Extensions,
    ) -> Result<Response, X402Error> {
        for _ in 0..MAX_REDIRECTS {
            let again = followable(&request);
            let response = self
                .stack
                .execute_with_extensions(request, &mut extensions)
                .await?;
            match again.and_then(|again| follow(again, &response)) {
                Some(next) => request = next,
                None => return Ok(response),
            }
        }
        Ok(self
            .stack
            .execute_with_extensions(request, &mut extensions)
            .await?)
    }
}

impl fmt::Debug for GuardedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedClient").finish_non_exhaustive()
    }
}
