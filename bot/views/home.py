"""First contact, menu, privacy and the helpful answer to anything that makes no sense."""

from collections.abc import Sequence

from bot.rules import access
from bot.rules.people import Kept, Me
from bot.rules.vocabulary import PersonKind
from bot.views.screen import Button, Html, Screen, lines, pack
from bot.views.speech import Speech
from bot.wire import Upload

MENU = "menu"
COPY = "zd"
OWN_DATA = "emtihan-data.json"


def choose_language(voices: Sequence[Speech], following: str) -> Screen:
    """The same question in every language; `following` is the command to go on with."""
    text = lines(*(voice.t("language.choose") for voice in voices))
    row = [
        Button(voice.label("language.name"), pack("lang", voice.language, following), style="primary")
        for voice in voices
    ]
    return Screen(text, [row])


def language_chosen(voice: Speech, *, waits: bool) -> Html:
    """Says which language speaks from now on; `waits`: a question is open and still wants its answer."""
    return lines(voice.t("language.chosen"), *([voice.t("language.form_open")] if waits else []))


def consent(voice: Speech, me: Me, following: str) -> Screen:
    """Asks for consent, with all that the law wants said (94-V, article 8), before personal functions."""
    text = lines(voice.t("consent.title", name=me.name), "", voice.t("consent.text"))
    return Screen(text, [[Button(voice.label("button.agree"), pack("agree", following), style="success")]])


def menu(voice: Speech, me: Me) -> Screen:
    """What the reader can do here."""
    if me.person_id is None:
        head = voice.t("menu.guest")
    elif me.kind is PersonKind.STUDENT:
        head = voice.t("menu.student", name=me.name, group=me.group)
    else:
        roles = voice.listed([voice.t(f"role.{role}") for role in sorted(me.roles)])
        head = voice.t("menu.staff", name=me.name, roles=roles)
    return Screen(head, _menu_rows(voice, me))


def _menu_rows(voice: Speech, me: Me) -> list[list[Button]]:
    steps = Button(voice.label("button.steps"), pack(MENU, "steps"))
    tongue = Button(voice.label("button.lang"), pack(MENU, "lang"))
    help_ = Button(voice.label("button.help"), pack(MENU, "help"))
    if me.person_id is None:
        return [[steps], [help_, tongue]]
    rows = [
        [Button(voice.label("button.exams"), pack(MENU, "exams"), style="primary"), steps],
        [Button(voice.label("button.sos"), pack(MENU, "sos"), style="danger")],
        [
            Button(voice.label("button.my"), pack(MENU, "my")),
            Button(voice.label("button.settings"), pack("zs")),
        ],
        [help_, tongue],
    ]
    if access.may(me.actor, access.Action.HELP_OTHERS):
        queue = Button(voice.label("button.queue"), pack(MENU, "queue"))
        rows.insert(1, [queue, Button(voice.label("button.duty"), pack(MENU, "duty"))])
    if me.kind is PersonKind.STAFF:
        rows.insert(1, [Button(voice.label("button.staff"), pack(MENU, "staff"))])
    return rows


def linked(voice: Speech, me: Me) -> Html:
    """The account now belongs to this person."""
    return voice.t("start.linked", name=me.name)


def help_screen(voice: Speech, me: Me, phones: Sequence[str]) -> Screen:
    """What the bot does, and whom to call."""
    contact = lines(voice.t("help.phones"), *phones) if phones else voice.t("help.no_phones")
    return Screen(lines(voice.t("help.text"), "", contact), _menu_rows(voice, me))


def privacy(voice: Speech, me: Me, kept: Kept) -> Screen:
    """What is stored, why and for how long, which consent was given, a copy of it, how to have it erased."""
    state = "privacy.linked" if me.person_id else "privacy.guest"
    said = []
    if kept.version and kept.consented_at is not None:
        said = [voice.t("privacy.consent", version=kept.version, time=voice.dated(kept.consented_at))]
    terms = []
    for days in dict.fromkeys(kept.days.values()):
        named = [voice.t(f"privacy.days.{what}") for what, term in kept.days.items() if term == days]
        terms.append(voice.t("privacy.term", time=voice.n("unit.days", days), what=", ".join(named)))
    text = lines(
        voice.t(state, name=me.name), *said, "", voice.t("privacy.text"), "", *terms, voice.t("privacy.rest")
    )
    return Screen(text, [[Button(voice.label("privacy.copy"), pack(COPY))]])


def own_data(voice: Speech, content: bytes) -> Screen:
    """A copy of all that is kept about the reader, as a file."""
    return Screen(voice.t("privacy.copied"), upload=Upload(OWN_DATA, content))


def not_understood(voice: Speech, me: Me, kind: str) -> Screen:
    """A helpful answer to something with no meaning here; `kind`: text, command, media, button, other."""
    return Screen(voice.t(f"fallback.{kind}"), _menu_rows(voice, me))


def too_much(voice: Speech, seconds: int) -> Screen:
    """Somebody sends faster than anybody can read: said once, with when to go on."""
    return Screen(voice.n("fallback.too_much", seconds))


def refused(voice: Speech, me: Me, text: Html, phones: object) -> Screen:
    """A rule said no: what to do instead, and the way on."""
    listed = urgent(voice, phones) if isinstance(phones, tuple) else ()
    return Screen(lines(text, *listed), _menu_rows(voice, me))


def urgent(voice: Speech, phones: Sequence[str]) -> list[object]:
    """Whom to turn to when it cannot wait: the university's numbers, where it has named any."""
    return [voice.t("urgent.phones"), *phones] if phones else [voice.t("urgent.no_phones")]


def cancelled(voice: Speech, me: Me, *, was_open: bool) -> Screen:
    """The open form is left, or there was none."""
    return Screen(voice.t("cancel.done" if was_open else "cancel.nothing"), _menu_rows(voice, me))
