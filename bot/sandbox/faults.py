"""Faults on order: the next calls fail in a chosen way."""

import secrets
from dataclasses import dataclass

from bot.sandbox.errors import ApiError, ControlError, too_many
from bot.sandbox.model import Json, JsonDict

KINDS = frozenset(
    (
        "429", "500", "502_html", "hang", "reset_before", "reset_after",
        "drop_answer", "wrong_json", "slow_body", "403", "error",
    )
)  # fmt: skip
WITHOUT_WORK = frozenset(("429", "500", "403", "error", "502_html", "hang", "reset_before"))
"""Kinds after which the call has had no effect; the others do the work and spoil the answer."""


@dataclass(slots=True)
class Fault:
    """One order: which calls, how often, what happens. `times` of None is "until cleared"."""

    id: int
    kind: str
    method: str = "*"
    chat_id: int | None = None
    times: int | None = 1
    probability: float = 1.0
    retry_after: int = 1
    seconds: float = 3600.0
    code: int = 400
    description: str = "Bad Request: fault"

    def fits(self, method: str, chat_id: str) -> bool:
        """Whether the order is about this call."""
        if self.times == 0 or self.method.lower() not in ("*", method.lower()):
            return False
        if self.chat_id is not None and str(self.chat_id) != chat_id:
            return False
        return self.probability >= 1 or secrets.randbelow(1_000_000) < self.probability * 1_000_000

    def error(self) -> ApiError:
        """The refusal of the kinds that answer with one."""
        if self.kind == "429":
            return too_many(self.retry_after)
        if self.kind == "500":
            return ApiError(500, "Internal Server Error: restart")
        if self.kind == "403":
            return ApiError(403, "Forbidden: bot was blocked by the user")
        return ApiError(self.code, self.description)

    def shown(self) -> JsonDict:
        """The order as the control API tells it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "method": self.method,
            "chat_id": self.chat_id,
            "times": self.times,
            "probability": self.probability,
            "retry_after": self.retry_after,
            "seconds": self.seconds,
        }


class Faults:
    """Orders in the sequence they came; the first that fits a call is used up by one."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []
        self._last_id = 0

    def add(self, wish: JsonDict) -> Fault:
        """Take an order from the control API; ControlError when it makes no sense."""
        kind = str(wish.get("kind", ""))
        if kind not in KINDS:
            raise ControlError(400, f"unknown kind of fault {kind!r}; known: {', '.join(sorted(KINDS))}")
        self._last_id += 1
        chat_id: Json = wish.get("chat_id")
        times: Json = wish.get("times", 1)
        try:
            fault = Fault(
                id=self._last_id,
                kind=kind,
                method=str(wish.get("method") or "*"),
                chat_id=None if chat_id is None else int(chat_id),
                times=None if times is None else int(times),
                probability=float(wish.get("probability", 1)),
                retry_after=int(wish.get("retry_after") or 1),
                seconds=float(wish.get("seconds", 3600)),
                code=int(wish.get("code", 400)),
                description=str(wish.get("description", "Bad Request: fault")),
            )
        except (TypeError, ValueError) as error:
            raise ControlError(400, f"fault not understood: {error}") from None
        self._orders.append(fault)
        return fault

    def first(self, fault: Fault) -> None:
        """An order goes before those that came earlier."""
        self._orders.sort(key=lambda order: order is not fault)

    def end(self, fault: Fault) -> None:
        """An order is over."""
        self._orders = [order for order in self._orders if order is not fault]

    def take(self, method: str, chat_id: str) -> Fault | None:
        """The order this call falls under, counted down; None for an undisturbed call."""
        for fault in self._orders:
            if fault.fits(method, chat_id):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times == 0:
                        self._orders.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """Forget all orders."""
        self._orders.clear()

    def shown(self) -> list[JsonDict]:
        """Orders still in force."""
        return [fault.shown() for fault in self._orders]
