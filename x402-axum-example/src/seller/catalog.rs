//! What is sold, for how much.

use x402_tower::Usd;
use x402_tower::wire::Version;

/// Who is paid: the second account of the test chains.
pub(crate) const SELLER: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
/// Who is not to be paid: the third account of the test chains.
pub(crate) const ATTACKER: &str = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";

/// What one route sells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Product {
    /// The route.
    pub(crate) path: &'static str,
    /// The x402 version that it is paid over.
    pub(crate) version: Version,
    /// What it costs. USDC counts micro-dollars, so this is the atomic amount as well.
    pub(crate) price: Usd,
    /// Who is paid.
    pub(crate) pay_to: &'static str,
    /// What the offer says of it.
    pub(crate) description: &'static str,
    /// What is delivered.
    pub(crate) text: &'static str,
}

/// Everything that is sold.
pub(crate) const CATALOG: [Product; 6] = [
    Product {
        path: "/report",
        version: Version::V2,
        price: Usd::from_micros(10_000),
        pay_to: SELLER,
        description: "Today's market report",
        text: "Markets were quiet today.",
    },
    Product {
        path: "/v1/report",
        version: Version::V1,
        price: Usd::from_micros(10_000),
        pay_to: SELLER,
        description: "Today's market report, for x402 v1 clients",
        text: "Markets were quiet today.",
    },
    Product {
        path: "/forecast",
        version: Version::V2,
        price: Usd::from_micros(50_000),
        pay_to: SELLER,
        description: "What the markets may do tomorrow",
        text: "Markets may be quiet tomorrow.",
    },
    Product {
        path: "/archive",
        version: Version::V2,
        price: Usd::from_micros(80_000),
        pay_to: SELLER,
        description: "All reports of the year",
        text: "Markets were quiet all year.",
    },
    Product {
        path: "/premium",
        version: Version::V2,
        price: Usd::from_micros(750_000),
        pay_to: SELLER,
        description: "The report with forecasts",
        text: "Markets will be quiet tomorrow.",
    },
    // What a taken-over seller, or somebody between it and the buyer, would ask for.
    Product {
        path: "/hijacked",
        version: Version::V2,
        price: Usd::from_micros(10_000),
        pay_to: ATTACKER,
        description: "Today's market report",
        text: "Thank you.",
    },
];
