//! Names become addresses that were checked.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::error::Error;
use std::net::SocketAddr;
use std::vec;

use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;

use super::AddressRule;

/// The system's resolver, and a rule that every address of a name has to pass: a name that leads to a private address as
/// well is not tried at all.
#[derive(Debug, Clone)]
pub(crate) struct CheckedResolver(AddressRule);

impl CheckedResolver {
    pub(crate) fn new(rule: AddressRule) -> Self {
        Self(rule)
    }
}

impl Service<Name> for CheckedResolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let rule = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            for address in &found {
                rule.check(address.ip())?;
            }
            Ok(found.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::ForbiddenAddress;
    use super::*;

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused_unless_it_is_listed() {
        let name: Name = "localhost".parse().unwrap();
        let refused = CheckedResolver::new(AddressRule::default())
            .call(name.clone())
            .await
            .unwrap_err();
        assert!(refused.is::<ForbiddenAddress>());

        let rule = AddressRule::new(&["127.0.0.0/8".into(), "::1".into()]).unwrap();
        assert!(CheckedResolver::new(rule).call(name).await.is_ok());
    }
}
