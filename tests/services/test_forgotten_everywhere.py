"""Somebody who has done everything is forgotten: no table and no file knows their name, words or account."""

import io
import json
import re

import pypdf
import pytest
from docx import Document
from sqlalchemy import select

from bot.rules.vocabulary import Role
from bot.services import cases, files, forgetting, helpdesk, inbox, people, privacy, talks, tickets, wishes
from bot.storage.tables import Base, Case, Ticket
from tests.support.appealing import granted
from tests.support.people import student

NAME, WORDS, SAID, TYPED = "Қожахмет Ұлжан", "кабель үзілді", "экран қара", "Абай көшесі"
FILE, DEVICE = "өтініш.pdf", "AgACAgIAAxk"


@pytest.fixture
def lived(faculty):
    """A student with a report, its file and words, an appeal decided on paper, a ticket talked over."""
    return faculty.scene("lived", lambda: live(faculty))


def live(hall):
    hall.add_students(student("S1", full_name=NAME))
    hall.case_id = granted(hall)
    hall.tick()
    case = hall.do(cases.file, hall.me, "internet", hall.exam_id, hall.origin())
    hall.do(cases.add_note, hall.me, case.id, hall.origin(), text=WORDS)
    hall.do(cases.add_note, hall.me, case.id, hall.origin(), file_id=DEVICE, file_kind="document")
    hall.helper = hall.member("V1", Role.VOLUNTEER)
    hall.do(helpdesk.go_on_duty, hall.helper)
    hall.ticket = hall.do(tickets.open_own, hall.me, "", hall.origin())
    hall.do(helpdesk.claim, hall.helper, hall.ticket.id)
    hall.do(talks.say, hall.me, hall.ticket.id, hall.origin(), text=SAID)
    hall.do(wishes.mine, hall.me)
    hall.do(people.note_wrong_code, hall.me, hall.origin())
    update = {"update_id": 77, "message": {"chat": {"id": hall.me.user_id}, "text": TYPED}}
    hall.do(inbox.store, 1, [update])
    hall.tick()
    hall.tick()
    hall.sent()
    return hall


def rows(hall):
    def look(uow):
        return [
            f"{table.name}.{column}: {json.dumps(value, default=str, ensure_ascii=False)}"
            for table in Base.metadata.sorted_tables
            for row in uow.session.execute(select(table)).mappings()
            for column, value in row.items()
        ]

    return hall.sql(look)


def registers(uow):
    return sorted([*uow.session.scalars(select(Case.number)), *uow.session.scalars(select(Ticket.number))])


def papers(hall):
    """The text of every file that is kept."""
    store = hall.desk.office.files
    return [_text(store.read(path.name)) for path in store.root.glob("??/*")]


def _text(content):
    if content.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    if content.startswith(b"PK"):
        return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
    return content.decode("utf-8", "replace")


def test_forgotten__nothing_is_left_in_any_table_or_file(lived):
    number = lived.me.user_id
    account = (f".user_id: {number}", f".chat_key: {number}", f'"id": {number}', f":{number}:")
    traces = (NAME, WORDS, SAID, TYPED, FILE, DEVICE)
    before, written = rows(lived), papers(lived)
    for trace in traces:
        assert any(trace in value for value in before), f"{trace} was to be there before"
    assert any(NAME.split()[0] in text for text in written)
    numbers = lived.sql(registers)
    lived.do(forgetting.forget, "S1")
    lived.do(files.erase_due)
    left = [value for value in rows(lived) for trace in traces + account if trace in value]
    assert left == []
    assert [text for text in papers(lived) if NAME in text or NAME.split()[0] in text] == []
    assert lived.sql(registers) == numbers, "the registers keep their numbers"
    lived.tick()
    later = lived.sent()
    assert [message for message in later if NAME in message.text or message.user_id == number] == []


def test_copy__of_somebody_who_has_done_everything_names_nobody_else(lived):
    said = lived.do(privacy.copy, lived.me).decode()
    assert NAME in said
    assert SAID in said
    assert WORDS in said
    for other in ("Қызметкер", str(lived.helper.user_id), str(lived.chair.user_id)):
        assert not re.search(rf"\b{other}(?![0-9a-f])", said)
