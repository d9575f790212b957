"""Bad luck that the program has to survive, and the tests that prove it: each of them has to be there."""

import re

import pytest

from tests.support.sources import ROOT

SURVIVED = {
    "F01 killed after an update was fetched, before it was handled": (
        "e2e/test_survival.py::test_killed_in_the_middle__of_an_answer_it_is_given_after_all",
        "e2e/test_survival.py::test_killed_while_away__everything_done_meanwhile_is_answered",
    ),
    "F02 killed after a message was sent, before that was written down": (
        "e2e/test_survival.py::test_killed_in_mid_wave__everybody_once_but_at_most_the_ones_in_flight",
        "timelines/test_timeline_once.py::test_kill__between_claim_and_send_owes_it_again_after_the_lease",
    ),
    "F03 an update twice, two in reverse order": (
        "conversations/test_intake.py::test_update__delivered_twice_takes_effect_once",
        "conversations/test_intake.py::test_updates__that_come_swapped_are_both_handled",
    ),
    "F04 429 of one chat during a wave": (
        "delivery/test_delivery_sender.py::test_flood__delays_one_chat_alone",
        "delivery/test_delivery_line.py::test_flood__of_one_chat_by_telegram_is_obeyed",
    ),
    "F05 429 of the whole bot": (
        "delivery/test_delivery_sender.py::test_flood__of_the_whole_bot_pauses_everybody_and_makes_no_storm",
        "delivery/test_delivery_sender.py::test_flood__outlasting_a_warning_leaves_it_unsent",
        "delivery/test_delivery_line.py::test_storm__of_floods_and_errors_loses_nobody",
    ),
    "F06 blocked by students": (
        "delivery/test_delivery_sender.py::test_blocked__is_unreachable_and_not_tried_again",
        "services/test_services_outbox.py::"
        "test_settle__blocked_makes_the_person_unreachable_until_they_come_back",
        "services/test_services_outbox.py::"
        "test_missed__the_examiner_hears_once_whom_the_warning_did_not_reach",
    ),
    "F07 blocked by the first of a report's chain": (
        "timelines/test_timeline_escalation.py::test_blocked__found_out_when_sending_passes_on_at_once",
    ),
    "F08 Telegram down for ten minutes": (
        "timelines/test_timeline_retries.py::test_down__for_nine_minutes_the_warning_arrives_late_and_true",
        "timelines/test_timeline_retries.py::test_down__over_two_warnings_only_the_newer_one_arrives",
        "timelines/test_timeline_escalation.py::test_down__over_a_step_the_next_is_told_late_but_once",
        "delivery/test_delivery_line.py::test_telegram__away_then_back_gets_everything_once",
    ),
    "F09 5xx with HTML, a call that hangs, a reset in mid-answer": (
        "delivery/test_delivery_line.py::test_fault__before_the_work_is_retried_once_and_arrives_once",
        "delivery/test_delivery_line.py::test_fault__after_the_work_arrives_at_least_once_and_twice_at_most",
        "delivery/test_delivery_line.py::test_hang__of_some_does_not_hold_the_others",
    ),
    "F10 a second instance polls": (
        "conversations/test_intake.py::test_polling__of_a_second_instance_is_named_in_the_log_and_recovers",
    ),
    "F11 stopped over what was due": (
        "timelines/test_timeline_late_warning.py::test_late__says_the_true_minutes_once",
        "timelines/test_timeline_late_warning.py::test_after_the_end__nothing_is_sent",
        "services/test_services_outbox.py::test_fire__after_a_pause_only_the_warning_that_is_true_goes_out",
    ),
    "F12 the clock jumps": (
        "timelines/test_timeline_once.py::test_clock__back_an_hour_repeats_nothing_and_goes_on",
        "timelines/test_timeline_once.py::test_clock__forward_and_back_leaves_the_warnings_as_they_were",
    ),
    "F13 two workers on PostgreSQL, one killed": (
        "storage/test_storage_concurrency.py::test_claimers__of_a_thousand_rows_each_goes_to_one",
        "storage/test_storage_concurrency.py::test_claimers__what_a_dead_one_held_is_given_back_once",
        "timelines/test_timeline_once.py::test_two_processes__share_the_work_without_doubling_it",
    ),
    "F14 two hundred writers on SQLite": (
        "storage/test_storage_concurrency.py::"
        "test_sqlite__of_200_reads_followed_by_a_write_none_is_lost",
        "storage/test_storage_concurrency.py::test_unavailable__a_locked_sqlite_file",
    ),
    "F15 the disk is full": (
        "e2e/test_survival.py::"
        "test_disk_full__in_mid_wave_everybody_gets_it_once_when_there_is_room_again",
    ),
    "F16 the database is gone for a while": (
        "delivery/test_delivery_sender.py::test_database__away_in_mid_wave_loses_and_doubles_nothing",
        "storage/test_storage_concurrency.py::test_unavailable__a_connection_that_was_cut_is_made_anew",
    ),
}  # fmt: skip


@pytest.mark.parametrize("trouble", SURVIVED)
def test_bad_luck__is_survived_by_a_test_that_is_there(trouble):
    for name in SURVIVED[trouble]:
        path, _, function = name.partition("::")
        text = (ROOT / "tests" / path).read_text("utf-8")
        assert re.search(rf"^(async )?def {function}\(", text, re.MULTILINE), f"{trouble}: there is no {name}"
