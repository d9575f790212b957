"""Bad luck that the program has to survive, and the tests that prove it: each of them has to be there."""

import re

import pytest

from tests.support.sources import ROOT

SURVIVED = {
    "B01 a button that names another's report": (
        "conversations/test_reports.py::test_report__of_another_is_not_shown_whatever_is_forged",
    ),
    "B02 a staff button pressed by a student": (
        "conversations/test_reports.py::test_take__a_student_cannot_forge_it",
        "conversations/test_appeals.py::test_forged__buttons_are_answered_and_change_nothing",
        "conversations/test_applications.py::test_forged__buttons_are_answered_and_change_nothing",
    ),
    "B03 callback data of any bytes, numbers without bounds, missing fields": (
        "conversations/test_bad_input.py::test_forged_button__of_a_student_is_answered_and_files_nothing",
        "conversations/test_bad_input.py::test_forged_button__of_a_guest_is_answered_and_files_nothing",
    ),
    "B04 a button of a message from before a restart or an upgrade": (
        "conversations/test_bad_input.py::test_old_button__of_a_form_that_is_no_more_leads_to_the_menu",
    ),
    "B05 five taps at once on one button": (
        "services/test_services_cases.py::test_file__five_taps_at_once_are_one_report",
        "conversations/test_steps.py::test_steps__a_double_tap_does_one_step",
    ),
    "B06 link codes: used, unknown, of odd shape, tried again and again, opened in a group": (
        "conversations/test_first_contact.py::test_code__used_by_another_is_refused",
        "services/test_services_people.py::"
        "test_link__a_used_code_opens_nothing_though_its_account_is_gone",
        "conversations/test_first_contact.py::test_code__of_any_odd_shape_is_refused",
        "conversations/test_first_contact.py::test_code__five_wrong_ones_in_an_hour_are_enough",
        "conversations/test_first_contact.py::test_code__in_a_group_grants_nothing_to_anybody",
    ),
    "B07 texts of any length": (
        "conversations/test_report_notes.py::test_note__a_long_text_is_kept_and_passed_on_whole",
        "services/test_services_appeals.py::"
        "test_text__of_ten_thousand_letters_in_pieces_is_kept_whole_and_there_is_a_limit",
    ),
    "B08 markup in names and texts: chat, board, documents": (
        "conversations/test_bad_input.py::test_names__with_markup_are_shown_as_they_are",
        "conversations/test_report_notes.py::test_note__html_is_shown_as_it_was_typed",
        "conversations/test_board.py::test_names__are_text_and_never_markup",
        "services/test_services_documents.py::"
        "test_templates__words_of_people_stand_as_they_are_whatever_they_hold",
    ),
    "B09 names with NUL, direction marks, zero width": (
        "exchange/test_exchange_cells.py::test_name__cleaned",
        "exchange/test_exchange_cells.py::test_name__refused",
        "exchange/test_exchange_csv.py::test_file__nul_and_open_quote_name_their_line",
    ),
    "B10 Kazakh words typed with a Russian keyboard, capitals on every database": (
        "library/test_search.py::test_folding__one_word_in_many_spellings",
        "storage/test_storage_schema.py::"
        "test_locale__of_postgresql_folds_kazakh_letters_and_sqlite_has_none",
    ),
    "B11 a workbook with shifted columns, merged headings, formulas, spoilt numbers": (
        "exchange/test_exchange_xlsx.py::test_sheet__shifted_table_keeps_its_lines_and_columns",
        "exchange/test_exchange_xlsx.py::test_numbers__ids_that_a_spreadsheet_spoilt",
        "exchange/test_exchange_xlsx.py::test_merged__heading_over_two_columns_is_refused",
        "exchange/test_exchange_xlsx.py::test_formula__never_calculated_is_told",
        "services/test_services_imports.py::"
        "test_timetable__every_bad_row_is_named_with_line_and_column_and_nothing_is_stored",
    ),
    "B12 CSV in any encoding and separator, empty, of a hundred thousand rows": (
        "exchange/test_exchange_csv.py::test_encoding__russian_is_read_right",
        "exchange/test_exchange_csv.py::test_encoding__kazakh_is_read_right",
        "exchange/test_exchange_csv.py::test_separator__sniffed",
        "exchange/test_exchange_csv.py::test_memory__bounded_for_many_rows",
        "exchange/test_exchange_csv.py::test_limits__too_many_bytes_and_rows",
    ),
    "B13 cells that a spreadsheet would carry out": (
        "exchange/test_exchange_writer.py::test_csv__formulas_become_text",
        "exchange/test_exchange_writer.py::test_csv__formula_after_a_separator_of_other_locales",
        "exchange/test_exchange_writer.py::test_xlsx__formulas_and_links_stay_text",
        "services/test_registers_harmless.py::test_register__formulas_stay_text",
    ),
    "B14 attachments that are something else, bombs, too big, with a path for a name": (
        "exchange/test_exchange_files.py::test_examine__refuses_with_the_reason",
        "services/test_services_files.py::test_names__are_shown_but_never_become_paths",
        "services/test_services_files.py::test_attach__a_file_announced_too_big_is_refused_at_once",
        "services/test_services_files.py::test_fetch__a_file_that_grows_beyond_the_limit_is_cut_off",
    ),
    "B15 an album in pieces and out of order": (
        "services/test_services_files.py::test_attach__an_album_out_of_order_stands_in_its_senders_order",
        "conversations/test_appeals.py::test_album__of_ten_out_of_order_is_answered_once_and_kept_in_its_order",
        "conversations/test_appeals.py::"
        "test_album__in_two_parts_with_a_gap_and_out_of_order_is_answered_once",
        "services/test_services_appeals.py::"
        "test_album__in_pieces_three_seconds_apart_and_out_of_order_is_one_pdf_and_one_receipt",
        "conversations/test_report_notes.py::test_note__an_album_in_pieces_and_out_of_order_is_one_answer",
    ),
    "B16 stickers, voices, places, edits while a text is waited for": (
        "conversations/test_appeals.py::test_draft__what_makes_no_sense_gets_a_hint_and_the_draft_stays",
        "conversations/test_appeals.py::test_draft__odd_messages_and_an_edited_one_lose_nothing",
        "conversations/test_bad_input.py::test_message__of_any_kind_gets_a_helpful_answer",
        "conversations/test_report_notes.py::"
        "test_note__edited_and_pinned_messages_and_unknown_commands_leave_the_form_open",
    ),
    "B17 an update of a kind not known yet": (
        "conversations/test_bad_input.py::test_unknown_update__is_acknowledged_and_stops_nobody",
        "conversations/test_webhook.py::test_webhook__an_update_of_an_unknown_kind_is_acknowledged",
    ),
    "B18 no language, an odd one, another one in the middle": (
        "conversations/test_first_contact.py::test_first_contact__client_without_a_language_field",
        "conversations/test_first_contact.py::test_first_contact__client_language_is_only_a_default",
        "conversations/test_report_notes.py::test_note__the_language_may_change_in_the_middle",
    ),
    "B19 an appeal at the last second, on a holiday, on a moved day": (
        "services/test_services_appeals.py::test_window__the_same_edge_from_every_entry_point",
        "services/test_services_appeals.py::"
        "test_window__a_tap_that_came_in_time_is_in_time_however_late_we_are",
        "rules/test_rules_windows.py::test_edge__of_working_days",
        "rules/test_rules_windows.py::test_edge__of_hours",
        "rules/test_rules_windows.py::test_working_days__pass_over_weekends_and_holidays",
        "rules/test_rules_windows.py::test_working_days__the_offices_moved_days_win",
    ),
    "B20 webhook calls without or with a wrong secret, no JSON, five megabytes, replayed": (
        "conversations/test_webhook.py::test_webhook__without_the_secret_nothing_is_taken",
        "conversations/test_webhook.py::test_webhook__what_is_no_update_is_refused",
        "conversations/test_webhook.py::test_webhook__five_megabytes_are_too_many",
        "conversations/test_webhook.py::test_webhook__a_replayed_update_is_taken_once",
    ),
    "B21 a Mini App's word: tampered, old, of another bot, replayed": (
        "conversations/test_board.py::test_app__lets_in_whom_telegram_names",
    ),
    "B22 a flood from one and from many": (
        "conversations/test_flood.py::test_flood__is_answered_once_and_others_go_on",
        "conversations/test_flood.py::test_flood__stops_neither_a_report_nor_the_words_added_to_it",
        "conversations/test_flood.py::test_crowd__never_holds_up_a_person_who_writes_at_an_even_pace",
    ),
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
        "timelines/test_timeline_once.py::test_zone__whose_data_change_moves_no_deadline",
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
    "F17 a file that Telegram cannot give, and its link in an error": (
        "services/test_services_files.py::test_fetch__telegram_away_is_waited_out_and_nothing_is_lost",
        "services/test_services_files.py::test_fetch__a_file_that_never_comes_is_missing_and_asked_for_once",
        "services/test_services_appeals.py::test_submit__a_file_still_on_its_way_never_costs_the_appeal",
        "services/test_services_applications.py::"
        "test_submit__gets_a_receipt_with_the_moment_and_every_files_checksum",
        "delivery/test_delivery_files.py::test_download__a_link_that_is_not_there_says_nothing_of_the_token",
    ),
    "F18 a migration broken off, an old schema, a backup": (
        "storage/test_migrations.py::test_migrations__one_that_breaks_off_leaves_nothing_behind",
        "storage/test_storage_schema.py::"
        "test_require_current__an_old_or_empty_database_is_refused_with_the_command_to_run",
        "storage/test_storage_archive.py::test_restore__is_the_same_to_the_row_and_works_on",
        "storage/test_storage_archive.py::test_restored__messages_still_owed_go_out",
    ),
    "M01 killed at random while people file, appeal, ask, talk, tap and import": (
        "e2e/test_kills.py::test_kills__at_random_lose_nothing_that_was_confirmed",
    ),
    "M02 one machine of three killed, another frozen, which wakes": (
        "e2e/test_kills.py::test_machines__one_is_killed_and_one_frozen_and_the_others_go_on",
    ),
    "M03 a machine that wakes writes down results of messages that others have taken over": (
        "services/test_services_nodes.py::"
        "test_silent__its_messages_go_to_another_and_its_own_results_count_no_more",
    ),
    "M04 a message that a silent machine had sent, nobody else yet": (
        "services/test_services_nodes.py::"
        "test_silent__what_it_had_sent_is_believed_while_nobody_else_sends_it",
    ),
    "M05 a machine is given up and says that it lives": (
        "services/test_services_nodes.py::test_silent__hears_that_it_was_given_up_and_a_living_one_does_not",
    ),
    "M06 two machines with updates of one chat": (
        "services/test_services_nodes.py::test_update__of_a_chat_is_taken_in_order_by_one_at_a_time",
    ),
    "M07 the machine that handles an update falls silent": (
        "services/test_services_nodes.py::"
        "test_update__of_a_silent_node_goes_to_another_and_is_its_own_no_more",
    ),
    "M08 two machines that want to poll": (
        "services/test_services_nodes.py::test_duty__is_one_nodes_until_it_leaves",
    ),
    "M09 three machines send at once: one pace": (
        "delivery/test_delivery_shared.py::test_shared__three_machines_together_keep_the_rate_and_use_it",
    ),
    "M10 the pace's database is away": (
        "delivery/test_delivery_shared.py::"
        "test_shared__without_the_database_nothing_goes_out_and_then_it_does",
    ),
    "M11 a lone process on PostgreSQL is killed while it sends": (
        "storage/test_storage_alone.py::test_alone__one_of_two_until_it_ends",
    ),
    "M12 stopped in the middle of a wave": (
        "e2e/test_survival.py::test_sigterm__in_mid_wave_lets_it_land_and_ends_with_zero",
    ),
    "M13 told to stop twice": (
        "e2e/test_survival.py::test_second_signal__ends_at_once_a_bot_that_waits_for_an_answer",
    ),
    "M14 half a backup, a damaged one": (
        "storage/test_storage_archive.py::test_restore__of_half_a_backup_stores_nothing",
    ),
    "M15 what is no backup, or of another schema": (
        "storage/test_storage_archive.py::"
        "test_restore__of_what_is_no_backup_or_of_another_schema_is_refused",
    ),
    "M16 a restore into a database in use": (
        "storage/test_storage_archive.py::test_restore__into_a_database_in_use_is_refused",
    ),
    "M17 one connection of PostgreSQL is cut": (
        "storage/test_storage_concurrency.py::test_unavailable__a_connection_that_was_cut_is_made_anew",
    ),
    "M18 a database that may only be read": (
        "storage/test_storage_concurrency.py::test_unavailable__a_database_that_may_only_be_read",
    ),
    "M19 nobody listens where the database should be": (
        "storage/test_storage_concurrency.py::test_unavailable__nobody_listens_there",
    ),
    "M20 two keepers fire the same timers": (
        "storage/test_storage_concurrency.py::test_timers__never_fire_twice_while_two_keepers_are_at_it",
    ),
    "M21 two hundred take a number at once": (
        "storage/test_storage_concurrency.py::test_numbers__have_no_gap_and_no_double_even_when_work_fails",
    ),
    "M22 the same message owed by many at once": (
        "storage/test_storage_concurrency.py::test_owe__of_many_at_once_one_is_new",
    ),
    "P01 somebody asked to be forgotten: every table is looked through": (
        "services/test_services_forgetting.py::test_forget__nothing_keeps_the_persons_name_words_or_account",
        "services/test_forgotten_everywhere.py::test_forgotten__nothing_is_left_in_any_table_or_file",
    ),
    "P02 forgotten while a message to them is being sent": (
        "services/test_services_forgetting.py::test_forget__what_is_being_sent_at_that_moment_ends_too",
    ),
    "P03 forgotten: files on the disk, drafts, documents": (
        "services/test_services_files.py::"
        "test_forget__takes_every_file_of_the_person_and_their_unfinished_words",
        "services/test_services_documents.py::"
        "test_issue__kept_with_the_case_sent_once_and_erased_when_forgotten",
    ),
    "P04 forgotten: what was said to helpers": (
        "services/test_services_talks.py::test_forgotten__nothing_that_was_said_stays",
    ),
    "P05 forgotten, then in the university's file again": (
        "services/test_services_forgetting.py::test_forget__whoever_comes_again_by_the_file_is_a_new_person",
    ),
    "P06 a copy of one's own data with something of anybody else in it": (
        "services/test_services_privacy.py::test_copy__has_all_of_the_reader_and_nothing_of_anybody_else",
        "services/test_services_privacy.py::test_copy__leaves_out_secrets_and_who_else_had_to_do_with_it",
    ),
    "P07 a table that refers to people and that nobody thought of": (
        "services/test_services_privacy.py::test_references__to_people_and_accounts_are_all_judged",
    ),
    "P08 kept longer than its term": (
        "services/test_services_privacy.py::test_deliveries__are_kept_as_long_as_the_policy_says",
        "services/test_services_forgetting.py::"
        "test_purge__handled_updates_after_the_policys_days_waiting_ones_never",
        "services/test_services_files.py::"
        "test_retention__erases_the_bytes_of_old_files_once_nobody_needs_them",
    ),
    "P09 a token, a code or a text in the logs": (
        "conversations/test_logs.py::test_logs__of_a_story_with_troubles_hold_no_secret",
    ),
    "P10 numbers of persons and cards told to helpers": (
        "conversations/test_tickets.py::test_talk__a_card_number_is_hidden",
    ),
    "P11 around the consent": (
        "conversations/test_first_contact.py::test_consent__no_button_leads_around_it",
    ),
    "D01 a handler that always fails": (
        "conversations/test_intake.py::test_handler__that_keeps_failing_is_quarantined_with_an_apology",
    ),
    "D02 an update that cannot be stored": (
        "conversations/test_intake.py::test_polling__an_update_that_cannot_be_stored_is_left_out_alone",
    ),
    "D03 Telegram answers nonsense": (
        "conversations/test_intake.py::test_polling__survives_what_telegram_answers",
        "conversations/test_intake.py::test_polling__survives_an_answer_of_another_shape",
    ),
    "D04 Telegram fails at the answer to a tap": (
        "conversations/test_intake.py::"
        "test_telegram__failing_at_the_answer_delays_it_and_the_effect_is_once",
    ),
    "D05 one chat that Telegram holds up": (
        "conversations/test_intake.py::test_telegram__busy_with_one_chat_delays_nobody_else",
    ),
    "D06 the sender blocks the bot before the answer": (
        "conversations/test_intake.py::test_sender_of_a_message__who_blocked_meanwhile_is_no_failure",
    ),
    "D07 a workbook that claims the whole memory, absurd sizes, a damaged byte": (
        "exchange/test_exchange_xlsx.py::test_file__sheet_that_claims_the_whole_memory",
        "exchange/test_exchange_xlsx.py::test_file__absurd_sizes",
        "exchange/test_exchange_xlsx.py::test_file__damaged_byte_is_noticed",
    ),
    "D08 the attachment's judge dies": (
        "exchange/test_exchange_files.py::test_examine__a_damaged_file_is_judged_not_crashed",
    ),
    "D09 a fetcher is killed with a file half had": (
        "services/test_services_files.py::"
        "test_fetch__a_dead_fetchers_file_is_fetched_again_when_its_lease_is_over",
    ),
    "D10 the virus scanner is away": (
        "services/test_services_files.py::test_clamd__a_clean_file_a_found_one_and_a_daemon_that_is_away",
    ),
    "D11 an export to where nothing can be written, or broken off": (
        "exchange/test_exchange_writer.py::test_table__unwritable_folder_is_refused",
        "exchange/test_exchange_writer.py::test_table__failure_leaves_the_old_file_and_no_draft",
    ),
    "D12 a button of a message that its reader deleted": (
        "conversations/test_bad_input.py::test_old_button__of_a_deleted_message_still_answers",
    ),
    "D13 an exam of another faculty on the board": (
        "conversations/test_board.py::test_exam__of_another_faculty_is_not_there",
    ),
    "D14 the board's link used twice, its session ended": (
        "conversations/test_board.py::test_link__opens_the_board_once",
        "conversations/test_board.py::test_leaving__ends_the_session",
    ),
    "D15 odd questions to the board": (
        "conversations/test_board.py::test_odd_questions__are_answered_with_today",
    ),
    "D16 a student forges the way to the work of staff": (
        "conversations/test_steps_of_staff.py::test_student__cannot_forge_the_way_to_the_work_of_staff",
    ),
    "D17 the timetable changed by taps of a student or of another faculty": (
        "conversations/test_timetable.py::"
        "test_forged__taps_of_a_student_and_of_another_faculty_change_nothing",
    ),
    "D18 a stranger links a group's chat": (
        "conversations/test_group_chat.py::test_link__by_a_stranger_or_a_guest_is_refused_in_the_group",
        "rules/test_rules_chats.py::test_link__an_examiner_links_a_student_of_the_group_asks",
    ),
    "D19 files of an appeal asked for by others": (
        "services/test_services_appeals.py::test_files__are_served_only_to_those_who_were_told",
    ),
    "D20 six reports in an hour": (
        "services/test_services_cases.py::test_file__six_in_an_hour_are_enough_and_the_phones_are_named",
    ),
    "D21 a holder who blocks the bot or loses their role": (
        "services/test_services_decisions.py::"
        "test_holder__who_blocks_the_bot_or_loses_every_role_holds_it_no_more",
    ),
    "D22 the app window closes between two taps": (
        "services/test_services_appeals.py::"
        "test_window__closing_between_two_taps_keeps_the_draft_and_says_when",
    ),
    "D23 a wrong setting": (
        "architecture/test_architecture_settings.py::test_wrong_value__one_line_names_the_variable",
    ),
    "D24 alert rules for metrics that nobody counts": (
        "architecture/test_architecture_ops.py::test_expressions__name_metrics_that_are_counted",
    ),
    "D25 a button that stands in no row of the rights": (
        "rules/test_rules_rights.py::test_route__that_stands_in_no_row_is_open_to_nobody",
        "rules/test_rules_rights.py::test_table__has_a_row_for_every_route_and_for_nothing_else",
    ),
    "D26 every forbidden pair of a person and a button or command": (
        "rules/test_rules_rights.py::test_every_pair__is_let_pass_or_refused_as_the_row_says",
        "services/test_services_rights.py::test_forbidden__a_pair_of_every_row_through_the_dispatcher",
        "services/test_services_rights.py::"
        "test_commands__each_is_asked_of_its_row_and_not_of_its_use_case_alone",
    ),
    "D27 every button forged by another faculty's staff and another group's student": (
        "services/test_services_rights.py::test_whose__outsiders_reach_nothing_by_any_button",
    ),
    "D28 somebody who is nobody in the place of the helper a ticket does not have": (
        "services/test_services_rights.py::test_ticket__of_one_helper_is_not_in_the_hands_of_who_is_nobody",
    ),
    "D29 a button's day at the ends of time": (
        "rules/test_rules_rights.py::test_days__at_the_ends_of_time_are_no_days",
    ),
    "D30 another university's bot on this database": (
        "conversations/test_health.py::test_start__with_another_bots_database_is_refused_and_takes_nothing",
        "services/test_services_universities.py::"
        "test_database__is_one_bots_and_a_new_token_of_it_is_the_same",
    ),
    "D31 one folder of files for two universities": (
        "services/test_services_universities.py::test_files__of_two_universities_are_never_in_one_folder",
    ),
    "D32 another university's codes, keys and staff": (
        "services/test_services_universities.py::test_codes__of_one_university_open_nothing_at_another",
        "services/test_services_universities.py::test_board__a_key_of_one_university_opens_no_other",
        "services/test_services_universities.py::"
        "test_buttons__somebody_who_may_everything_elsewhere_is_a_stranger_here",
    ),
    "D33 more requests for help than a group's chat may be told of": (
        "services/test_services_deskchats.py::test_rush__no_minute_sees_more_than_telegram_lets_into_a_group",
    ),
    "D34 a mass incident that is over before its time": (
        "services/test_services_spikes.py::test_end__by_the_call_centre_is_told_once_and_the_banner_is_gone",
    ),
    "D35 a machine told to stop with an answer on its way": (
        "conversations/test_health.py::test_node__told_to_stop_finishes_what_it_holds_and_leaves",
    ),
    "M23 a machine that dies in a keeper's round, on either driver": (
        "scheduler/test_scheduler_drivers.py::"
        "test_round__that_died_with_its_machine_is_done_by_the_next",
    ),
    "M24 a keeper that always fails, on either driver": (
        "scheduler/test_scheduler_drivers.py::"
        "test_keeper__that_fails_does_not_stop_the_others_nor_itself",
    ),
    "M25 updates that a machine was given without hearing of it, or had not begun when it stopped": (
        "services/test_services_sharing.py::test_claim__whose_answer_was_lost_is_made_again",
        "services/test_services_sharing.py::test_finish__what_was_claimed_and_not_begun_is_left_to_others",
        "services/test_services_sharing.py::"
        "test_given_up__what_a_frozen_machine_had_not_begun_another_does_and_it_does_not",
    ),
    "M26 the schema grows while an old version works on": (
        "storage/test_online_migrations.py::test_grown__the_old_version_goes_on_with_its_work",
        "architecture/test_architecture_migrations.py::"
        "test_migrations__add_or_say_which_programs_no_longer_need_what_goes",
    ),
    "M27 a migration that would wait for a lock with everybody behind it": (
        "storage/test_online_migrations.py::"
        "test_lock__held_by_another_is_not_waited_for_so_that_taps_pass",
    ),
    "M28 a migration takes away what a living old machine needs": (
        "storage/test_online_migrations.py::"
        "test_taken_away__is_refused_while_somebody_old_lives_and_nobody_old_comes_after",
        "storage/test_online_migrations.py::test_taken_away__is_refused_while_a_bot_serves_alone",
    ),
    "M29 an old machine meets what only a newer one can say": (
        "delivery/test_delivery_sender.py::test_newer_kind__is_left_to_the_program_that_knows_it",
        "timelines/test_timeline_escalation.py::"
        "test_newer_rule__is_left_to_the_program_that_knows_it",
    ),
    "P12 the disk, the database or a backup in strange hands, under a key": (
        "services/test_services_keys.py::test_stored__says_nothing_of_anybody_and_everything_works_on",
        "services/test_services_keys.py::test_backup__is_sealed_too_and_needs_the_key_after_it_was_restored",
        "services/test_services_keys.py::test_draft__of_a_file_under_a_key_is_nowhere_on_the_disk",
    ),
    "P13 a key is missing, or the wrong one is set": (
        "services/test_services_keys.py::test_missing_or_wrong_key__is_not_served_and_says_what_to_do",
        "cli/test_keys.py::test_key_file__that_holds_none_is_refused_in_one_line",
    ),
    "P14 killed while everything is brought under another key": (
        "services/test_services_keys.py::"
        "test_turn__broken_off_anywhere_goes_on_and_needs_the_old_key_no_more",
        "services/test_services_keys.py::test_turn__a_row_that_fails_changes_nothing_of_its_step",
    ),
    "P15 what is sealed was changed, cut or put elsewhere": (
        "services/test_services_keys.py::"
        "test_damaged__a_text_reads_as_unreadable_and_is_never_written_over",
        "services/test_services_keys.py::test_damaged__is_named_by_the_check_row_by_row",
        "services/test_services_keys.py::test_damaged__a_file_is_told_and_others_are_read",
    ),
    "P16 a new column for what people write that nobody thought to seal": (
        "services/test_services_keys.py::test_columns__every_long_one_is_sealed_or_named_here",
    ),
    "M30 a machine's network cable is pulled in the middle of the work, and put in again": (
        "e2e/test_kills.py::"
        "test_machines__one_whose_cable_is_pulled_is_taken_over_and_does_nothing_twice_when_it_is_back",
        "intake/test_intake_membership.py::"
        "test_trusted__is_a_node_that_was_heard_of_just_now_counted_from_when_it_spoke",
    ),
    "M31 PostgreSQL restarted, its connections cut, the disk full, Telegram refusing and losing answers, "
    "at random": (
        "e2e/test_kills.py::"
        "test_weather__telegram_database_and_disk_fail_at_random_and_nothing_confirmed_is_lost",
    ),
    "M32 no room for a file that somebody sent, or for a document that is made": (
        "services/test_services_files.py::"
        "test_fetch__a_full_disk_is_waited_out_however_long_and_nobody_is_asked_again",
        "services/test_services_files.py::test_put__without_room_stores_nothing_and_may_be_tried_again",
    ),
    "D36 bytes and words that a fuzzer found, in every parser": (
        "fuzz/test_fuzz_corpus.py::test_corpus__of_each_target_holds",
    ),
    "D37 a part of the program that is not pinned, or a lock that names a place": (
        "architecture/test_architecture_supply.py::test_lock__pins_every_part_by_hash_and_names_no_place",
    ),
    "P17 a column that keeps what somebody forgotten wrote, in any table, new ones too": (
        "services/test_forgotten_columns.py::test_columns__of_a_forgotten_person_are_emptied_or_judged_here",
        "rules/test_rules_erasing.py::test_emptied__leaves_no_word_of_any_field_that_is_not_known_as_closed",
    ),
    "D38 SQL, markup, templates and formulas typed at every question, command and name": (
        "services/test_services_hostile_words.py::test_forms__every_one_takes_hostile_words_as_text",
        "services/test_services_hostile_words.py::test_commands__every_one_takes_hostile_arguments",
        "services/test_services_hostile_words.py::"
        "test_names__of_the_registers_are_shown_as_they_are_whatever_is_tapped",
    ),
    "D39 zero bytes and half letters in what is typed": (
        "services/test_services_hostile_words.py::"
        "test_words__with_zero_bytes_or_half_letters_are_kept_on_every_database",
    ),
    "D40 a picture that announces gigabytes, alone and among those of one PDF": (
        "exchange/test_exchange_bombs.py::test_picture__of_gigabytes_is_kept_without_being_decoded",
        "exchange/test_exchange_bombs.py::"
        "test_pictures__of_gigabytes_become_one_pdf_without_being_decoded",
    ),
    "D41 PDF, DOCX and XLSX nested ten thousand deep, in a ring, or full of entities": (
        "exchange/test_exchange_bombs.py::"
        "test_document__nested_without_end_is_refused_or_kept_unopened",
        "exchange/test_exchange_bombs.py::test_workbook__nested_without_end_is_refused",
    ),
    "D42 thousands of accounts write at once, while exams run": (
        "services/test_services_crowd.py::"
        "test_crowd__of_thousands_holds_up_neither_staff_nor_a_running_exam",
        "services/test_services_crowd.py::"
        "test_turns__the_urgent_first_but_nobody_never",
    ),
    "P18 a table, old or new, in which something of a person stays without a term or a reason": (
        "services/test_services_retention.py::test_tables__are_all_judged_and_each_term_is_of_the_policy",
        "services/test_services_retention.py::test_age__at_the_border_is_kept_and_a_second_later_gone",
        "services/test_services_retention.py::"
        "test_cases__are_emptied_of_words_only_where_the_university_has_set_a_term",
        "services/test_services_retention.py::"
        "test_codes__that_were_used_open_nothing_though_nobody_knows_who_used_them",
        "services/test_services_retention.py::"
        "test_files__are_kept_for_so_long_after_their_case_is_over_and_then_their_bytes_go",
    ),
    "P19 one sealed value that cannot be opened, among what is read together": (
        "services/test_services_keys.py::"
        "test_damaged__one_row_holds_up_no_message_no_update_no_timer_and_no_register",
        "services/test_services_keys.py::"
        "test_damaged__what_cannot_be_opened_stays_as_it_is_when_the_key_is_turned",
        "services/test_services_keys.py::test_damaged__somebody_is_forgotten_all_the_same",
    ),
    "D43 strangers who ask for every use-case there is, on every row, past all buttons": (
        "services/test_reach_across.py::test_strangers__reach_no_row_of_anybody_by_any_use_case",
        "services/test_reach_across.py::"
        "test_strangers__who_have_noted_a_message_of_their_chat_are_told_nothing_through_it",
        "services/test_reach_across.py::"
        "test_without_a_reader__only_what_is_listed_can_be_asked_for_from_outside",
    ),
    "D44 captions, contacts, places, polls, dice, paid media, forwarded and edited messages of odd letters": (
        "services/test_services_hostile_updates.py::"
        "test_messages__of_every_kind_are_answered_with_and_without_a_question_open",
    ),
    "D45 the same in a talk between a student and a helper, and words without a letter": (
        "services/test_services_hostile_updates.py::"
        "test_talks__carry_every_kind_of_message_both_ways_as_it_was_sent",
        "services/test_services_hostile_updates.py::"
        "test_talks__a_place_that_became_words_and_words_without_a_letter_break_nothing",
    ),
    "D46 a group's title, its commands with odd arguments, commands for another bot": (
        "services/test_services_hostile_updates.py::"
        "test_groups__titles_are_nobodys_words_and_hostile_arguments_are_refused",
        "services/test_services_hostile_updates.py::test_groups__a_command_for_another_bot_is_not_ours",
    ),
    "D47 inline questions of odd letters": (
        "services/test_services_hostile_updates.py::test_inline__questions_of_any_letters_are_answered",
    ),
    "D48 names that people give themselves in Telegram, changed between two taps": (
        "services/test_services_hostile_updates.py::"
        "test_names__of_telegram_are_kept_nowhere_however_they_change_between_two_taps",
    ),
    "D49 updates of business chats, channels, payments": (
        "services/test_services_hostile_updates.py::"
        "test_updates__that_are_of_no_chat_of_ours_are_passed_by",
    ),
    "D50 a file that burns the processor of whoever looks into it": (
        "services/test_services_files.py::"
        "test_examine__a_file_that_burns_the_processor_is_ended_and_called_broken",
    ),
    "D51 formulas behind signs that nobody sees, markup, zero bytes in tables that are sent or shown": (
        "exchange/test_exchange_writer.py::"
        "test_table__of_hostile_cells_and_headings_is_text_and_loses_nothing",
        "exchange/test_exchange_writer.py::test_table__zero_bytes_and_half_letters_are_shown_as_such",
        "storage/test_storage_backoffice.py::"
        "test_hostile_words__are_text_in_lists_rows_and_searches",
    ),
}  # fmt: skip


@pytest.mark.parametrize("trouble", SURVIVED)
def test_bad_luck__is_survived_by_a_test_that_is_there(trouble):
    for name in SURVIVED[trouble]:
        path, _, function = name.partition("::")
        text = (ROOT / "tests" / path).read_text("utf-8")
        assert re.search(rf"^(async )?def {function}\(", text, re.MULTILINE), f"{trouble}: there is no {name}"


def test_list__in_the_security_document_is_this_one():
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    said = re.findall(r"^\d+\. (.+)$", text, re.MULTILINE)
    assert said == list(SURVIVED)
