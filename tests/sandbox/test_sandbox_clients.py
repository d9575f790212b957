"""Every supported method, driven by python-telegram-bot and by aiogram."""

import asyncio

import pytest

from tests.sandbox.conftest import PATIENCE

pytestmark = pytest.mark.anyio


def markup(kit, *rows):
    button = kit.types.InlineKeyboardButton
    keyboard = [[button(text=text, callback_data=data) for text, data in row] for row in rows]
    return kit.types.InlineKeyboardMarkup(inline_keyboard=keyboard)


async def test_get_me__both_clients_know_the_bot(kit):
    me = await kit.bot.get_me()
    assert (me.id, me.username, me.is_bot) == (4200000000, "emtihan_bot", True)


async def test_get_updates__a_start_arrives_and_is_confirmed(kit, raw):
    await raw.person(started=False)
    await raw.control("POST", "chats/7/start")
    (update,) = await kit.bot.get_updates(timeout=1)
    assert update.message.text == "/start"
    assert update.message.from_user.language_code == "kk"
    assert not await kit.bot.get_updates(offset=update.update_id + 1, timeout=0)
    assert raw.world.updates.pending == 0


async def test_get_updates__a_long_poll_is_woken(kit, raw, until):
    await raw.person()
    waiting = asyncio.ensure_future(kit.bot.get_updates(timeout=20))
    await until(lambda: raw.sandbox.polls)
    await raw.control("POST", "chats/7/send", text="сәлем")
    (update,) = await asyncio.wait_for(waiting, PATIENCE)
    assert update.message.text == "сәлем"


async def test_webhook_methods__set_look_delete(kit, raw, receiver):
    assert await kit.bot.set_webhook(url=receiver.url, secret_token="s3cret", max_connections=5)
    info = await kit.bot.get_webhook_info()
    assert (info.url, info.max_connections, info.pending_update_count) == (receiver.url, 5, 0)
    await raw.person(started=False)
    await raw.control("POST", "chats/7/start")
    (update,) = await receiver.wait(1)
    assert update["message"]["text"] == "/start"
    assert receiver.got[0][1]["X-Telegram-Bot-Api-Secret-Token"] == "s3cret"
    assert await kit.bot.delete_webhook(drop_pending_updates=True)
    assert not (await kit.bot.get_webhook_info()).url


async def test_log_out_and_close__are_accepted(kit):
    assert await kit.bot.log_out()
    assert await kit.bot.close()


async def test_send_message__entities_and_keyboard_come_back(kit, raw):
    await raw.person()
    sent = await kit.bot.send_message(
        chat_id=7, text="<b>Емтихан</b> /help", parse_mode="HTML", reply_markup=markup(kit, [("Иә", "yes")])
    )
    assert sent.text == "Емтихан /help"
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [
        ("bold", 0, 7),
        ("bot_command", 8, 5),
    ]
    assert sent.reply_markup.inline_keyboard[0][0].callback_data == "yes"
    (_, shown) = await raw.transcript()
    assert shown["from"] == "bot"
    assert shown["html"].startswith("<b>Емтихан</b> <a class=")
    assert shown["keyboard"] == {"inline": [[{"text": "Иә", "callback_data": "yes"}]]}


async def test_send_message__entities_parameter(kit, raw):
    await raw.person()
    entity = kit.types.MessageEntity(type="italic", offset=3, length=2)
    sent = await kit.bot.send_message(chat_id=7, text="😀 ab", entities=[entity])
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [("italic", 3, 2)]


async def test_send_message__reply_keyboard_and_its_removal(kit, raw):
    await raw.person()
    keyboard = await kit.reply_keyboard([["Бір", "Екі"]])
    sent = await kit.bot.send_message(chat_id=7, text="?", reply_markup=keyboard)
    assert sent.reply_markup is None
    await raw.control("POST", "chats/7/tap", label="Екі")
    assert (await raw.transcript())[-1]["text"] == "Екі"
    await kit.bot.send_message(
        chat_id=7, text="!", reply_markup=kit.types.ReplyKeyboardRemove(remove_keyboard=True)
        if kit.name == "aiogram" else kit.types.ReplyKeyboardRemove(),
    )  # fmt: skip
    status, _ = await raw.tried("POST", "chats/7/tap", label="Екі")
    assert status == 404


async def test_send_message__reply_to_a_message(kit, raw):
    await raw.person()
    said = await raw.control("POST", "chats/7/send", text="сұрақ")
    reply = kit.types.ReplyParameters(message_id=said["message_id"])
    sent = await kit.bot.send_message(chat_id=7, text="жауап", reply_parameters=reply)
    assert sent.reply_to_message.text == "сұрақ"


async def test_send_photo__sizes_and_download(kit, raw, png):
    await raw.person()
    sent = await kit.bot.send_photo(
        chat_id=7, photo=kit.file(png, "a.png"), caption="<i>x</i>", parse_mode="HTML"
    )
    assert (sent.photo[-1].width, sent.photo[-1].height, sent.caption) == (40, 30, "x")
    assert await kit.download(sent.photo[-1].file_id) == png
    again = await kit.bot.send_photo(chat_id=7, photo=sent.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id


async def test_send_document__name_and_type_are_kept(kit, raw):
    await raw.person()
    sent = await kit.bot.send_document(chat_id=7, document=kit.file(b"a;b", "кесте.csv"), caption="кесте")
    assert (sent.document.file_name, sent.document.file_size) == ("кесте.csv", 3)
    assert await kit.download(sent.document.file_id) == b"a;b"


async def test_send_voice_and_video__are_played(kit, raw):
    await raw.person()
    voice = await kit.bot.send_voice(chat_id=7, voice=kit.file(b"ogg", "v.ogg"), duration=4)
    video = await kit.bot.send_video(
        chat_id=7, video=kit.file(b"mp4", "v.mp4"), width=10, height=20, duration=3
    )
    assert voice.voice.file_size == 3
    assert (video.video.width, video.video.height) == (10, 20)


async def test_send_media_group__one_album(kit, raw, png):
    await raw.person()
    photo = kit.types.InputMediaPhoto
    media = [
        photo(media=kit.file(png, "1.png") if kit.name == "aiogram" else png, caption="екеуі"),
        photo(media=kit.file(png, "2.png") if kit.name == "aiogram" else png),
    ]
    sent = await kit.bot.send_media_group(chat_id=7, media=media)
    assert len({message.media_group_id for message in sent}) == 1
    assert [message.caption for message in sent] == ["екеуі", None]
    assert len({shown["album"] for shown in (await raw.transcript())[1:]}) == 1


async def test_send_chat_action__is_an_event(kit, raw):
    await raw.person()
    seq = raw.world.hub.seq
    assert await kit.bot.send_chat_action(chat_id=7, action="typing")
    assert raw.world.hub.seq == seq + 1


async def test_copy_and_forward__one_keeps_its_origin(kit, raw):
    await raw.person()
    await raw.person(8)
    said = await raw.control("POST", "chats/7/send", text="есеп")
    copied = await kit.bot.copy_message(chat_id=8, from_chat_id=7, message_id=said["message_id"])
    forwarded = await kit.bot.forward_message(chat_id=8, from_chat_id=7, message_id=said["message_id"])
    assert forwarded.forward_origin.sender_user.id == 7
    shown = await raw.transcript(8)
    assert [message["text"] for message in shown[1:]] == ["есеп", "есеп"]
    assert shown[1]["message_id"] == copied.message_id
    assert shown[1]["forward"] is None


async def test_edit_message__text_caption_and_markup(kit, raw):
    await raw.person()
    sent = await kit.bot.send_message(chat_id=7, text="a", reply_markup=markup(kit, [("A", "a")]))
    edited = await kit.bot.edit_message_text(chat_id=7, message_id=sent.message_id, text="b")
    assert (edited.text, edited.reply_markup) == ("b", None)
    assert edited.edit_date is not None
    edited = await kit.bot.edit_message_reply_markup(
        chat_id=7, message_id=sent.message_id, reply_markup=markup(kit, [("B", "b")])
    )
    assert edited.reply_markup.inline_keyboard[0][0].text == "B"
    file = await kit.bot.send_document(chat_id=7, document=kit.file(b"x"), caption="a")
    edited = await kit.bot.edit_message_caption(chat_id=7, message_id=file.message_id, caption="b")
    assert edited.caption == "b"
    assert (await raw.transcript())[-2]["edited"]


async def test_delete_messages__one_and_many(kit, raw):
    await raw.person()
    numbers = [(await kit.bot.send_message(chat_id=7, text=str(n))).message_id for n in range(3)]
    assert await kit.bot.delete_message(chat_id=7, message_id=numbers[0])
    assert await kit.bot.delete_messages(chat_id=7, message_ids=numbers)
    assert [message["text"] for message in await raw.transcript()] == ["/start"]


async def test_answer_callback_query__the_person_sees_it(kit, raw):
    await raw.person()
    await kit.bot.send_message(chat_id=7, text="?", reply_markup=markup(kit, [("Иә", "yes")]))
    (query_id,) = (await raw.control("POST", "chats/7/tap", label="Иә"))["query_ids"]
    (update,) = await kit.bot.get_updates()
    assert (update.callback_query.id, update.callback_query.data) == (query_id, "yes")
    assert update.callback_query.message.text == "?"
    assert await kit.bot.answer_callback_query(callback_query_id=query_id, text="Жарайды", show_alert=True)
    seen = await raw.control("GET", f"queries/{query_id}")
    assert (seen["answered"], seen["text"], seen["show_alert"]) == (True, "Жарайды", True)


async def test_answer_inline_query__a_result_can_be_chosen(kit, raw):
    await raw.person()
    query_id = (await raw.control("POST", "chats/7/inline", query="ереже"))["inline_query_id"]
    (update,) = await kit.bot.get_updates()
    assert update.inline_query.query == "ереже"
    text = kit.types.InputTextMessageContent(message_text="Ереже 5.2")
    article = kit.types.InlineQueryResultArticle(id="1", title="Ереже", input_message_content=text)
    assert await kit.bot.answer_inline_query(inline_query_id=query_id, results=[article], cache_time=0)
    answer = await raw.control("GET", f"inline/{query_id}?wait=1")
    assert [result["title"] for result in answer["results"]] == ["Ереже"]
    await raw.control("POST", f"inline/{query_id}/choose", result_id="1")
    updates = await kit.bot.get_updates(offset=update.update_id + 1)
    assert updates[0].message.via_bot.username == "emtihan_bot"
    assert updates[1].chosen_inline_result.result_id == "1"


async def test_pin_and_unpin__the_chat_tells(kit, raw):
    await raw.person()
    sent = await kit.bot.send_message(chat_id=7, text="маңызды")
    assert await kit.bot.pin_chat_message(chat_id=7, message_id=sent.message_id)
    chat = await kit.bot.get_chat(chat_id=7)
    assert chat.pinned_message.message_id == sent.message_id
    assert (await raw.transcript())[-1]["service"] == "pinned_message"
    assert await kit.bot.unpin_chat_message(chat_id=7)
    assert (await kit.bot.get_chat(chat_id=7)).pinned_message is None


async def test_get_chat_and_member__describe_the_person(kit, raw):
    await raw.person(username="aru")
    chat = await kit.bot.get_chat(chat_id=7)
    assert (chat.type, chat.first_name, chat.username) == ("private", "Aru", "aru")
    member = await kit.bot.get_chat_member(chat_id=7, user_id=7)
    assert (member.status, member.user.id) == ("member", 7)


async def test_commands__by_scope_and_language(kit, raw):
    await raw.person()
    command, scope = kit.types.BotCommand, kit.types.BotCommandScopeAllPrivateChats()
    await kit.bot.set_my_commands([command(command="help", description="Help")])
    await kit.bot.set_my_commands(
        [command(command="sos", description="Көмек")], scope=scope, language_code="kk"
    )
    assert [c.command for c in await kit.bot.get_my_commands()] == ["help"]
    assert [c.description for c in await kit.bot.get_my_commands(scope=scope, language_code="kk")] == [
        "Көмек"
    ]
    state = await raw.control("GET", "state")
    assert state["people"][0]["commands"] == [{"command": "sos", "description": "Көмек"}]
    assert state["bot"]["commands"]["kk"][0]["command"] == "sos"
    assert await kit.bot.delete_my_commands(scope=scope, language_code="kk")
    assert (await raw.control("GET", "people/7"))["commands"][0]["command"] == "help"


async def test_texts_about_the_bot__by_language(kit):
    await kit.bot.set_my_name(name="Емтихан", language_code="kk")
    await kit.bot.set_my_description(description="Ұзақ", language_code="kk")
    await kit.bot.set_my_short_description(short_description="Қысқа")
    assert (await kit.bot.get_my_name(language_code="kk")).name == "Емтихан"
    assert (await kit.bot.get_my_name(language_code="ru")).name == "Emtihan"
    assert (await kit.bot.get_my_description(language_code="kk")).description == "Ұзақ"
    assert (await kit.bot.get_my_description()).description == ""
    assert (await kit.bot.get_my_short_description(language_code="kk")).short_description == "Қысқа"


async def test_menu_button__of_one_chat(kit, raw):
    await raw.person()
    app = kit.types.WebAppInfo(url="https://example.kz/app")
    button = kit.types.MenuButtonWebApp(text="Тақта", web_app=app)
    assert await kit.bot.set_chat_menu_button(chat_id=7, menu_button=button)
    assert (await kit.bot.get_chat_menu_button(chat_id=7)).text == "Тақта"
    assert (await kit.bot.get_chat_menu_button()).type == "commands"
    assert (await raw.control("GET", "people/7"))["menu_button"]["text"] == "Тақта"


async def test_set_message_reaction__shows_on_the_message(kit, raw):
    await raw.person()
    said = await raw.control("POST", "chats/7/send", text="рахмет")
    like = [kit.types.ReactionTypeEmoji(emoji="👍")]
    assert await kit.bot.set_message_reaction(chat_id=7, message_id=said["message_id"], reaction=like)
    assert (await raw.transcript())[-1]["reactions"] == [{"from": "bot", "type": "emoji", "emoji": "👍"}]
    assert await kit.bot.set_message_reaction(chat_id=7, message_id=said["message_id"], reaction=[])
    assert (await raw.transcript())[-1]["reactions"] == []


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (403, {"kind": "403"}),
        (429, {"kind": "429", "retry_after": 3}),
        (500, {"kind": "500"}),
    ],
)
async def test_errors__each_client_raises_its_own(kit, raw, code, fault):
    await raw.person()
    await raw.control("POST", "faults", method="sendMessage", **fault)
    with pytest.raises(kit.errors[code]):
        await kit.bot.send_message(chat_id=7, text="a")
    assert (await kit.bot.send_message(chat_id=7, text="a")).text == "a"


async def test_errors__a_refused_text(kit, raw):
    await raw.person()
    with pytest.raises(kit.errors[400], match=r"(?i)can't parse entities"):
        await kit.bot.send_message(chat_id=7, text="<b>", parse_mode="HTML")


async def test_errors__a_second_poller(kit, raw, until):
    await raw.person()
    first = asyncio.ensure_future(kit.bot.get_updates(timeout=20))
    await until(lambda: raw.sandbox.polls)
    second = asyncio.ensure_future(raw.api("getUpdates", timeout=20))
    with pytest.raises(kit.errors[409], match=r"terminated by other getUpdates request"):
        await asyncio.wait_for(first, PATIENCE)
    await raw.control("POST", "chats/7/send", text="екінші тірі")
    assert len((await second)["result"]) == 1


async def test_dispatcher__of_aiogram_answers_a_message_and_a_tap(raw, until):
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

    dispatcher = Dispatcher()

    @dispatcher.message()
    async def greet(message):
        button = InlineKeyboardButton(text="Иә", callback_data="yes", style="success")
        await message.answer("Дайынсыз ба?", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))

    @dispatcher.callback_query()
    async def thank(query):
        await query.message.edit_text("Рахмет")
        await query.answer("Сақталды")

    bot = Bot(raw.sandbox.config.token, session=AiohttpSession(api=TelegramAPIServer.from_base(raw.base)))
    polling = asyncio.ensure_future(
        dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False)
    )
    try:
        await raw.person(started=False)
        await raw.control("POST", "chats/7/start")
        await until(lambda: len(raw.world.chats[7]) == 2)
        (query,) = (await raw.control("POST", "chats/7/tap", label="Иә"))["query_ids"]
        assert (await raw.control("GET", f"queries/{query}?wait=5"))["text"] == "Сақталды"
        shown = (await raw.transcript())[-1]
        assert (shown["text"], shown["edited"], shown["keyboard"]) == ("Рахмет", True, None)
    finally:
        await dispatcher.stop_polling()
        await polling
        await bot.session._session.close()
