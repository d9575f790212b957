"""The queue of updates that wait for the bot, and the memory of those it already took."""

import json
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.clock import Clock
from bot.sandbox.model import Json, JsonDict

DEFAULT_KINDS = frozenset(
    (
        "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
        "business_message", "edited_business_message", "deleted_business_messages", "inline_query",
        "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query",
        "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_join_request",
        "chat_boost", "removed_chat_boost", "managed_bot", "guest_message",
    )
)  # fmt: skip
OPT_IN_KINDS = frozenset(("chat_member", "message_reaction", "message_reaction_count"))
ALL_KINDS = DEFAULT_KINDS | OPT_IN_KINDS
FIRST_ID = 100_000_001
ANSWER_LIMIT = 4 << 20
HISTORY = 20_000


@dataclass(slots=True)
class Update:
    """One update; `fields` is JSON text without the braces, so that an old state is kept as it was."""

    update_id: int
    fields: str
    chat_id: int
    expires_at: float

    @property
    def raw(self) -> str:
        """JSON as the bot receives it."""
        return f'{{"update_id": {self.update_id}, {self.fields}}}'


class UpdateQueue:
    """Ascending updates, each kept for `ttl_s` of the sandbox clock unless confirmed before."""

    def __init__(self, clock: Clock, ttl_s: float) -> None:
        self._clock = clock
        self._ttl_s = ttl_s
        self._next_id = FIRST_ID
        self._waiting: deque[Update] = deque()
        self._again: deque[Update] = deque()
        self._history: OrderedDict[int, Update] = OrderedDict()
        self._held: list[Update] | None = None
        self._served_id = 0
        self.allowed: list[str] = []
        self.on_new: list[Callable[[], None]] = []

    def allow(self, kinds: Json) -> None:
        """Remember the kinds the bot asked for; an empty list is the default set, None changes nothing."""
        if isinstance(kinds, list):
            self.allowed = [kind for kind in kinds if isinstance(kind, str) and kind in ALL_KINDS]

    def wanted(self, kind: str) -> bool:
        """Whether a new update of this kind is queued at all; kinds nobody knows always are."""
        if kind not in ALL_KINDS:
            return True
        return kind in (self.allowed or DEFAULT_KINDS)

    def push(self, payload: JsonDict, chat_id: int) -> int | None:
        """Queue an update with the fields of `payload`; its number, or None when it is not wanted."""
        if not any(self.wanted(kind) for kind in payload):
            return None
        fields = json.dumps(payload, ensure_ascii=False)[1:-1]
        update = Update(self._next_id, fields, chat_id, self._clock.now() + self._ttl_s)
        self._next_id += 1
        self._history[update.update_id] = update
        if len(self._history) > HISTORY:
            self._history.popitem(last=False)
        if self._held is None:
            self._waiting.append(update)
        else:
            self._held.append(update)
            self._release_swapped()
        if self._held is None:
            self._wake()
        return update.update_id

    def _wake(self) -> None:
        for notify in self.on_new:
            notify()

    def _release_swapped(self) -> None:
        if self._held is not None and len(self._held) >= 2:
            first, second = self._held
            first.fields, second.fields = second.fields, first.fields
            first.chat_id, second.chat_id = second.chat_id, first.chat_id
            self._waiting.extend((first, second))
            self._held = None

    def expire(self) -> None:
        """Drop what nobody fetched in time."""
        now = self._clock.now()
        while self._waiting and self._waiting[0].expires_at <= now:
            self._waiting.popleft()

    def take(self, offset: int, limit: int) -> list[Update]:
        """Updates from `offset` on, at most `limit` and about 4 MB; those below `offset` are confirmed.

        A negative offset forgets all but the last -offset updates. Redelivered ones come first, once.
        """
        self.expire()
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
        elif offset > 0:
            while self._waiting and self._waiting[0].update_id < offset:
                self._waiting.popleft()
        batch: list[Update] = []
        size = 0
        while self._again and len(batch) < limit:
            batch.append(self._again.popleft())
        for update in self._waiting:
            size += len(update.fields)
            if len(batch) >= limit or (batch and size > ANSWER_LIMIT):
                break
            batch.append(update)
        self._served_id = max([self._served_id, *(update.update_id for update in batch)])
        return batch

    def waiting(self) -> list[Update]:
        """Unconfirmed updates, for webhook delivery; redelivered ones first."""
        self.expire()
        return [*self._again, *self._waiting]

    def confirm(self, update: Update) -> None:
        """The webhook took it, or gave it up."""
        if update in self._again:
            self._again.remove(update)
        elif update in self._waiting:
            self._waiting.remove(update)

    @property
    def pending(self) -> int:
        """How many wait."""
        self.expire()
        return len(self._waiting)

    def drop(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
        self._again.clear()

    def forget(self) -> None:
        """Forget what waits, what was delivered and which kinds were asked for; numbers go on."""
        self.drop()
        self._history.clear()
        self._held = None
        self.allowed = []

    def redeliver(self, update_id: int) -> bool:
        """Deliver an old update once more; False when it is not remembered."""
        update = self._history.get(update_id)
        if update is None:
            return False
        self._again.append(Update(update.update_id, update.fields, update.chat_id, update.expires_at))
        self._wake()
        return True

    def reorder(self) -> str:
        """Swap the contents of the two newest updates nobody has seen; numbers stay ascending.

        "swapped" when there are two, else "armed": the next two are held and then delivered swapped.
        """
        if len(self._waiting) >= 2 and self._waiting[-2].update_id > self._served_id:
            self._held = [self._waiting[-2], self._waiting[-1]]
            self._waiting.pop()
            self._waiting.pop()
            self._release_swapped()
            self._wake()
            return "swapped"
        self._held = []
        return "armed"
