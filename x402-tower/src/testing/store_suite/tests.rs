//! The facts as tests.

/// Turns the [facts](crate::testing::store_suite) into one `#[tokio::test]` each, in modules named after the traits.
///
/// The expression makes a [`Subject`](crate::testing::store_suite::Subject). It is evaluated once for each test, may wait, and
/// has to come with an empty store each time. Use the macro once in a module. The crate it is used in needs `tokio` with
/// the features `macros` and `rt-multi-thread`.
///
/// | | tests an engine that is |
/// |---|---|
/// | `store_suite!(subject)` | all of it |
/// | `store_suite!(ledger: subject)` | a [`Ledger`](crate::store::Ledger) |
/// | `store_suite!(claims: subject)` | [`Claims`](crate::store::Claims) |
/// | `store_suite!(signed_payments: subject)` | [`SignedPayments`](crate::store::SignedPayments) |
#[macro_export]
macro_rules! store_suite {
    (ledger: $subject:expr) => {
        async fn store_suite_subject()
        -> impl $crate::testing::store_suite::Subject<Store: $crate::store::Ledger> {
            $subject
        }
        $crate::store_suite!(@ledger);
    };
    (claims: $subject:expr) => {
        async fn store_suite_subject()
        -> impl $crate::testing::store_suite::Subject<Store: $crate::store::Claims> {
            $subject
        }
        $crate::store_suite!(@claims);
    };
    (signed_payments: $subject:expr) => {
        async fn store_suite_subject()
        -> impl $crate::testing::store_suite::Subject<Store: $crate::store::SignedPayments> {
            $subject
        }
        $crate::store_suite!(@signed_payments);
    };
    (@facts $trait:ident $($fact:ident)+) => {
        mod $trait {
            $(
                #[::tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $fact() {
                    let subject = super::store_suite_subject().await;
                    $crate::testing::store_suite::$trait::$fact(&subject).await;
                }
            )+
        }
    };
    (@ledger) => {
        $crate::store_suite!(@facts ledger
            an_entry_shows_what_left_and_when_it_was_set_aside
            only_what_was_told_what_left_is_listed
            an_entry_follows_its_payment
            what_left_is_told_once
            entries_come_in_order_and_page_by_page
            entries_are_narrowed_by_state_and_by_end
            what_is_open_is_listed_while_it_counts
            a_reservation_counts_under_all_of_its_limits
            a_limit_that_refuses_takes_nothing_under_the_others
            attack_017_small_payments_meet_the_limit_when_their_sum_does
            a_count_is_met_whatever_the_amounts
            a_payment_of_nothing_is_counted
            a_limit_of_nothing_lets_nothing_pass
            two_quotas_over_one_window_count_a_payment_once
            concurrent_steps_agree_with_a_plain_ledger
            one_id_is_reserved_once
            random_steps_agree_with_a_plain_ledger
            what_was_refused_may_ask_again
            a_payment_falls_under_64_limits_at_most
            attack_066_racers_share_a_budget_of_five
            attack_066_racers_share_what_has_expired
            attack_081_keys_that_look_alike_count_apart
            attack_081_ids_that_look_alike_are_apart
            sums_are_exact_to_the_last_micro_dollar
            attack_007_the_largest_amount_does_not_turn_over
            attack_007_a_sum_that_cannot_be_written_is_refused
            attack_007_receipts_beyond_the_numbers_let_nothing_pass
            handles_share_their_books
            attack_070_a_restart_forgets_nothing
            everything_counts_but_what_was_released
            a_reservation_that_was_never_sent_expires
            a_reservation_that_has_expired_is_not_sent
            what_was_sent_does_not_expire
            marking_as_sent_again_changes_nothing
            what_was_never_reserved_is_not_known
            attack_021_a_receipt_for_less_lowers_what_is_counted
            a_receipt_without_an_amount_counts_what_was_set_aside
            a_second_receipt_may_only_raise_what_is_counted
            a_receipt_for_more_counts_in_full
            a_receipt_counts_whatever_was_known_before
            what_is_unknown_does_not_expire
            what_did_not_leave_is_given_back_once
            attack_074_what_may_have_settled_is_not_given_back
            what_is_given_back_without_waiting_is_free_when_it_ends
            what_is_open_is_resolved_both_ways
            what_was_never_sent_is_not_resolved
            attack_145_a_dropped_reservation_is_free_when_it_ends
            a_payment_leaves_its_window_never_early_and_a_64th_late_at_most
            several_windows_roll_each_by_itself
            what_has_left_makes_room_for_as_much
            a_window_below_a_second_counts_as_a_second
            a_window_without_end_never_lets_go
            attack_077_a_clock_that_steps_back_frees_nothing
            attack_077_a_slow_clock_does_not_shorten_a_reservation
            attack_078_clocks_that_differ_between_machines_change_nothing
        );
    };
    (@claims) => {
        $crate::store_suite!(@facts claims
            the_first_is_told_so_and_others_who_it_was
            attack_090_of_64_claimants_one_is_first
            attack_079_a_claim_holds_to_its_last_millisecond
            attack_079_what_is_read_ends_with_its_claim
            a_claim_may_end_at_once
            a_claim_without_end_holds
            asking_again_prolongs_nothing
            reading_takes_and_prolongs_nothing
            only_its_holder_gives_a_claim_back
            a_former_holder_gives_nothing_back
            a_value_is_kept_byte_for_byte_up_to_its_bound
            attack_077_a_slow_clock_frees_and_shortens_nothing
            attack_081_keys_that_look_alike_are_claimed_apart
            handles_share_their_claims
            attack_095_a_restart_gives_no_claim_back
        );
    };
    (@signed_payments) => {
        $crate::store_suite!(@facts signed_payments
            what_was_put_is_loaded
            what_expects_something_else_changes_nothing
            a_revision_never_comes_twice
            attack_087_of_64_that_put_one_does
            no_change_is_lost
            attack_079_what_is_kept_ends_with_its_last_millisecond
            a_change_sets_another_end
            what_is_kept_without_end_is_not_lost
            attack_077_a_slow_clock_shortens_nothing
            only_the_named_revision_is_removed
            a_value_is_kept_byte_for_byte_up_to_its_bound
            attack_081_keys_that_look_alike_are_kept_apart
            handles_share_what_they_keep
            attack_087_a_restart_loses_nothing_that_is_kept
        );
    };
    ($subject:expr) => {
        async fn store_suite_subject() -> impl $crate::testing::store_suite::Subject<
            Store: $crate::store::Ledger + $crate::store::Claims + $crate::store::SignedPayments,
        > {
            $subject
        }
        $crate::store_suite!(@ledger);
        $crate::store_suite!(@claims);
        $crate::store_suite!(@signed_payments);
    };
}
