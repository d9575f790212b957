"""Everything the program refuses, as sentences a person understands."""

from collections.abc import Iterable


class EmtihanError(Exception):
    """Root of all refusals; its text is a sentence for a person."""


class ConfigError(EmtihanError):
    """A setting is missing or wrong; the text names the variable."""


class ContentError(EmtihanError):
    """Policies or words are wrong; one problem a line, each with file and line."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


class Refusal(EmtihanError):
    """A rule says no. `code` names the catalogue entry, `params` fill it.

    Shown to the person in their language as the message `refusal.<code>`.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(f"{code} {params}" if params else code)


class SchemaOutdated(EmtihanError):
    """The database has another schema than this program; the text names the command to run."""


class SchemaBusy(EmtihanError):
    """The schema cannot be changed now: others use what would be changed; the text says what to do."""
