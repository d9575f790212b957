"""aiogram's models, each built when it is first needed.

aiogram builds some six hundred of them while it is imported: two seconds and a hundred megabytes, of which
a bot needs a fortieth. Imported through here first, they wait; imported in any other way all is as ever.
"""

import importlib
import sys
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

_rebuild = BaseModel.__dict__["model_rebuild"].__func__
_names: dict[str, Any] = {}
_building = threading.RLock()
"""pydantic does not build in two threads at once."""


def postpone() -> None:
    """Import aiogram with its models left unbuilt; nothing changes where it is imported already."""
    if "aiogram" in sys.modules:
        return
    BaseModel.model_rebuild = classmethod(_remember)  # type: ignore[assignment, method-assign]
    try:
        importlib.import_module("aiogram")
    finally:
        BaseModel.model_rebuild = classmethod(_rebuild)  # type: ignore[assignment, method-assign]
    base, methods = (
        importlib.import_module("aiogram.types.base"),
        importlib.import_module("aiogram.methods.base"),
    )
    for model in (base.TelegramObject, methods.TelegramMethod, methods.Response):
        model.model_rebuild = classmethod(_build)


def build(models: Iterable[type[BaseModel]]) -> None:
    """Build models now, so that nobody's first tap waits for them."""
    for model in models:
        model.model_rebuild()


def _remember(_: type[BaseModel], /, *, _types_namespace: Mapping[str, Any] | None = None, **__: Any) -> None:
    """What aiogram asks for at the end of its import: keep the names that its models are made of."""
    _names.update(_types_namespace or {})


def _build(
    model: type[BaseModel], /, *, _types_namespace: Mapping[str, Any] | None = None, **asked: Any
) -> bool | None:
    """Build one model from all names. A second thread finds it done, so it is `None` for both."""
    with _building:
        built: bool | None = _rebuild(model, _types_namespace=_types_namespace or _names, **asked)
        return built
