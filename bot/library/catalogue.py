"""Messages by symbolic id and language; a missing one is refused, its id is never shown instead."""

import gettext
from collections.abc import Mapping, Sequence

from bot.errors import ContentError
from bot.library import po
from bot.library.yamlfiles import Reader


class Catalogue:
    """The messages of every language; `languages` stand in the order in which they are offered."""

    def __init__(self, messages: Mapping[str, gettext.GNUTranslations]) -> None:
        self._messages = messages
        self.languages: tuple[str, ...] = tuple(messages)

    def text(self, language: str, msgid: str, **params: object) -> str:
        """The message, its `{names}` filled. Raises `ContentError` for an unknown id, language or name."""
        return _filled(language, msgid, self._of(language).gettext(msgid), params)

    def plural(self, language: str, msgid: str, n: int, **params: object) -> str:
        """The form of the message that goes with the number `n`, which is also a `{n}` to fill.

        Raises `ContentError` for an unknown id, language or name, and for a message that has no plural forms.
        """
        return _filled(language, msgid, self._of(language).ngettext(msgid, msgid, n), {**params, "n": n})

    def knows(self, language: str, msgid: str) -> bool:
        """Whether the language has this message, plural or not."""
        return language in self._messages and self._messages[language].gettext(msgid) != msgid

    def _of(self, language: str) -> gettext.GNUTranslations:
        found = self._messages.get(language)
        if found is None:
            raise ContentError([f"there is no catalogue in language {language}"])
        return found


def load_catalogue(reader: Reader, languages: Sequence[str]) -> Catalogue:
    """The catalogues of these languages; those that cannot be read are recorded and left out."""
    found = {language: po.translations(reader, language) for language in languages}
    return Catalogue({language: messages for language, messages in found.items() if messages is not None})


def _filled(language: str, msgid: str, template: str, params: Mapping[str, object]) -> str:
    # Ids are symbols, so a text equal to its id is a missing one.
    if template == msgid:
        raise ContentError([f"message {msgid} is missing in language {language}"])
    try:
        return template.format_map(params)
    except KeyError as failure:
        raise ContentError([f"message {msgid} in language {language} needs {failure.args[0]}"]) from None
    except (ValueError, IndexError, AttributeError, TypeError) as failure:
        raise ContentError([f"message {msgid} in language {language} cannot be filled: {failure}"]) from None
