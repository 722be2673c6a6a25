//! Each control in each position: alone it stops its attack, and without it the rest of the whole guard does not.
//!
//! Every cell plays one attack three times: against its control alone, against the whole guard without that control,
//! where the attack succeeds, and against the whole guard. Policy and approvals have two positions: a seller, and its
//! client for a facilitator, spend nothing.
//!
//! | control | position | test |
//! |---|---|---|
//! | audit | buyer with its own signer | `buyer::attack_139_audit_records_a_payment_at_the_buyer_and_nothing_else_does` |
//! | audit | third party pays | `third_party::attack_139_audit_records_a_payment_of_a_third_party_and_nothing_else_does` |
//! | audit | seller | `seller::attack_139_audit_records_a_sale_at_the_seller_and_nothing_else_does` |
//! | audit | bound for a facilitator | `facilitator::attack_139_audit_records_a_settlement_on_the_way_to_the_facilitator_and_nothing_else_does` |
//! | pii | buyer with its own signer | `buyer::attack_111_pii_takes_an_address_out_of_a_payment_at_the_buyer_and_nothing_else_does` |
//! | pii | third party pays | `third_party::attack_111_pii_takes_an_address_out_of_a_payment_of_a_third_party_and_nothing_else_does` |
//! | pii | seller | `seller::attack_111_pii_takes_an_address_out_of_a_challenge_at_the_seller_and_nothing_else_does` |
//! | pii | bound for a facilitator | `facilitator::attack_111_pii_takes_an_address_out_on_the_way_to_the_facilitator_and_nothing_else_does` |
//! | policy | buyer with its own signer | `buyer::attack_017_policy_stops_a_split_budget_at_the_buyer_and_nothing_else_does` |
//! | policy | third party pays | `third_party::attack_017_policy_stops_a_split_budget_of_a_third_party_and_nothing_else_does` |
//! | replay | buyer with its own signer | `buyer::attack_089_replay_stops_a_second_payment_at_the_buyer_and_nothing_else_does` |
//! | replay | third party pays | `third_party::attack_087_replay_stops_a_second_payment_of_a_third_party_and_nothing_else_does` |
//! | replay | seller | `seller::attack_090_replay_stops_a_payment_handed_in_twice_at_the_seller_and_nothing_else_does` |
//! | replay | bound for a facilitator | `facilitator::attack_092_replay_stops_a_second_settlement_on_the_way_to_the_facilitator_and_nothing_else_does` |
//! | mpa | buyer with its own signer | `buyer::attack_119_mpa_stops_what_nobody_approved_at_the_buyer_and_nothing_else_does` |
//! | mpa | third party pays | `third_party::attack_119_mpa_stops_what_nobody_approved_of_a_third_party_and_nothing_else_does` |

mod buyer;
mod facilitator;
mod guards;
mod seller;
mod third_party;
