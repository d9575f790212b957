"""Groups: the bot's place and rights in them, people who come and go, the upgrade to a supergroup."""

from bot.sandbox import shapes
from bot.sandbox.errors import ControlError
from bot.sandbox.model import Group, JsonDict
from bot.sandbox.world import World


def bot_member(world: World, chat_id: int) -> JsonDict:
    """The bot as a member of a chat."""
    group = world.groups.get(chat_id)
    if group is None:
        return {"status": "member", "user": world.bot}
    if group.kicked:
        return {"status": "kicked", "user": world.bot, "until_date": 0}
    if group.left:
        return {"status": "left", "user": world.bot}
    if not group.can_pin:
        return {"status": "member", "user": world.bot}
    rights = dict.fromkeys(
        (
            "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages",
            "can_manage_video_chats", "can_restrict_members", "can_promote_members", "can_change_info",
            "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
            "can_send_welcome_messages",
        ),
        False,
    )  # fmt: skip
    return {"status": "administrator", "user": world.bot, **rights, "can_pin_messages": True}


def change(world: World, group: Group, wish: JsonDict) -> None:
    """Do what a wish of the control API says: `kicked`, `left`, `can_pin`, `join`, `part`, `upgraded_to`."""
    before = bot_member(world, group.id)
    for name in ("kicked", "left", "can_pin"):
        if name in wish:
            setattr(group, name, bool(wish[name]))
    after = bot_member(world, group.id)
    if before != after:
        by = group.members[0] if group.members else world.config.bot_id
        world.updates.push({"my_chat_member": _changed(world, group, by, before, after)}, group.id)
    if "join" in wish:
        _join(world, group, int(wish["join"]))
    if "part" in wish:
        _part(world, group, int(wish["part"]))
    if "upgraded_to" in wish:
        _upgrade(world, group, int(wish["upgraded_to"]))


def _user(world: World, person_id: int) -> JsonDict:
    person = world.people.get(person_id)
    return shapes.user_of(person) if person else world.bot


def _changed(world: World, group: Group, by: int, before: JsonDict, after: JsonDict) -> JsonDict:
    return {
        "chat": world.chat_json(group.id),
        "from": _user(world, by),
        "date": world.clock.date(),
        "old_chat_member": before,
        "new_chat_member": after,
    }


def _join(world: World, group: Group, person_id: int) -> None:
    person = world.person(person_id)
    if person_id in group.members:
        raise ControlError(409, f"{person_id} is a member already")
    group.members.append(person_id)
    _moved(world, group, person_id, "left", "member")
    _service(world, group, person_id, {"new_chat_members": [shapes.user_of(person)]})


def _part(world: World, group: Group, person_id: int) -> None:
    person = world.person(person_id)
    if person_id not in group.members:
        raise ControlError(409, f"{person_id} is no member")
    _service(world, group, person_id, {"left_chat_member": shapes.user_of(person)})
    group.members.remove(person_id)
    _moved(world, group, person_id, "member", "left")


def _moved(world: World, group: Group, person_id: int, before: str, after: str) -> None:
    """Only an administrator hears of it."""
    if not group.can_pin:
        return
    user = _user(world, person_id)
    change = _changed(
        world, group, person_id, {"status": before, "user": user}, {"status": after, "user": user}
    )
    world.updates.push({"chat_member": change}, group.id)


def _service(world: World, group: Group, sender: int, content: JsonDict) -> None:
    """A message of the chat itself; a bot in the group sees it."""
    message = world.post(world.new_message(group.id, sender, content))
    if not (group.kicked or group.left):
        world.updates.push({"message": world.api_message(message)}, group.id)


def _upgrade(world: World, group: Group, number: int) -> None:
    """The group lives on as a supergroup with a new number."""
    if number not in world.groups:
        world.groups[number] = Group(
            number, group.title, list(group.members), can_pin=group.can_pin, supergroup=True
        )
        world.chats[number] = {}
    by = group.members[0] if group.members else world.config.bot_id
    _service(world, group, by, {"migrate_to_chat_id": number})
    group.upgraded_to = number
