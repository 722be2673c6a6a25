//! `[per_endpoint]` and `[recipients]`: tables that name URLs.

use std::collections::{HashMap, HashSet};

use super::{Check, MAX_ENTRIES};
use crate::money::Usd;
use crate::network::ChainId;
use crate::policy::contract::Recipient;
use crate::policy::error::key_path;
use crate::policy::origin::Origin;
use crate::policy::scope::UrlScope;

impl Check<'_> {
    pub(super) fn endpoints(
        &mut self,
        origins: Option<&HashSet<Origin>>,
    ) -> HashMap<Origin, Vec<(UrlScope, Usd)>> {
        let mut endpoints: HashMap<Origin, Vec<(UrlScope, Usd)>> = HashMap::new();
        self.bounded("per_endpoint", self.config.per_endpoint.len());
        for (text, most) in self.config.per_endpoint.iter().take(MAX_ENTRIES) {
            let path = key_path("per_endpoint", text);
            let Some(scope) = self.scope(&path, text) else {
                continue;
            };
            self.at_origin(&path, scope.origin(), origins);
            let list = endpoints.entry(scope.origin().clone()).or_default();
            for (other, other_most) in list.iter() {
                let (outer, inner) = if other.contains(&scope) {
                    (*other_most, *most)
                } else {
                    (*most, *other_most)
                };
                if *other == scope {
                    self.duplicate(&path);
                } else if (other.contains(&scope) || scope.contains(other)) && inner > outer {
                    self.problems.add(
                        "config.contradiction",
                        &path,
                        format!(
                            "with {other} the inner limit is above the outer one and has no effect"
                        ),
                        "an outer limit counts what lies below it: make it the larger one",
                    );
                }
            }
            list.push((scope, *most));
        }
        // The order of the file decides nothing, also not which of two refusals is named.
        endpoints.values_mut().for_each(|list| list.sort());
        endpoints
    }

    pub(super) fn recipients(
        &mut self,
        origins: Option<&HashSet<Origin>>,
        networks: Option<&HashSet<ChainId>>,
    ) -> Option<HashMap<Origin, Vec<Recipient>>> {
        let table = self.config.recipients.as_ref()?;
        let mut recipients = HashMap::new();
        self.bounded("recipients", table.len());
        for (text, addresses) in table.iter().take(MAX_ENTRIES) {
            let path = key_path("recipients", text);
            let list = self.each(&path, addresses, |check, path, text| {
                let recipient = check.recipient(path, text)?;
                if let Some(chain) = recipient.chain() {
                    check.on_network(path, chain, networks);
                }
                Some(recipient)
            });
            let Some(origin) = self.origin(&path, text) else {
                continue;
            };
            self.at_origin(&path, &origin, origins);
            let mut list: Vec<_> = list.into_iter().collect();
            list.sort();
            if recipients.insert(origin, list).is_some() {
                self.duplicate(&path);
            }
        }
        Some(recipients)
    }
}
