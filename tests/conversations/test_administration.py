"""The administrator's day in the chat: a list comes in, codes go out, a role is given, news are sent."""

import base64

import pytest

from bot.rules.vocabulary import PersonKind, Role
from tests.support.campus import Campus
from tests.support.town import Phone

HEAD = "student_id,full_name,group,programme,faculty,level,course,language\n"


def send_table(campus: Campus, phone: Phone, text: str) -> None:
    coded = base64.b64encode(text.encode()).decode()
    phone.sends(document={"file_name": "list.csv", "mime_type": "text/csv", "base64": coded})
    campus.town.until(lambda: not phone.text.startswith("📥 Файл қабылданды"))
    phone.settle()


def desk_of(campus: Campus) -> Phone:
    return campus.member(Role.ADMIN).send("/staff").tap("⚙️ Басқару")


def test_list__wrong_once_then_right_is_stored_by_the_tap(campus: Campus) -> None:
    admin = desk_of(campus)
    admin.tap("📥 Файл жүктеу").tap("Студенттер")
    admin.send("міне тізім")
    assert "CSV не XLSX" in admin.text
    send_table(
        campus, admin, HEAD + f"N-{campus.group},Айжан,{campus.group},6B,{campus.faculty},bachelor,99,kk\n"
    )
    assert "Файл сақталған жоқ" in admin.text
    assert admin.last()["document"]["file_name"].endswith(".xlsx")
    admin.tap("Файлды қайта жіберу")
    send_table(
        campus, admin, HEAD + f"N-{campus.group},Айжан,{campus.group},6B,{campus.faculty},bachelor,3,kk\n"
    )
    assert "Қосылады: 1" in admin.text
    card = admin.last()["message_id"]
    admin.tap("💾 Сақтау")
    assert "✅ Файл толық сақталды" in admin.text
    admin.forge(f"is:{10**9}", card)
    assert "Бұл файл енді жоқ" in admin.text
    [person] = campus.town.sql(lambda uow: uow.people.find(f"N-{campus.group}", PersonKind.STUDENT))
    assert person.course == 3


def test_codes_roles_values_health(campus: Campus) -> None:
    admin, waiting = desk_of(campus), campus.register_student()
    admin.tap("Кодтар").tap("Бір адам").send("жоқ-404")
    assert "Мұндай нөмірлі адам жоқ" in admin.text
    admin.send(admin.ext_id)
    assert "басқа Telegram аккаунтына көшеді" in admin.text
    admin.tap("Артқа").tap("Кодтар").tap("Бір топ").send(campus.group)
    assert "Қосылмағандардың коды: 1" in admin.text
    admin.forge("i0")
    ext_id = campus.register_member(full_name="Сәкен Әлібекұлы")
    admin.forge("ir")
    admin.send(ext_id)
    assert "Сәкен Әлібекұлы" in admin.text
    admin.tap("▫️ декан")
    assert "✅ декан" in admin.labels()
    admin.forge("ip")
    admin.tap(next(label for label in admin.labels() if label.startswith("Форс-мажор")))
    assert "acknowledge_minutes" in admin.text
    admin.forge("ih")
    assert admin.text.startswith(("✅ Бот дұрыс", "🔴 Назар"))
    assert waiting


def test_news__for_a_group_in_both_languages(campus: Campus) -> None:
    admin, kazakh, russian = desk_of(campus), campus.student(), campus.student("ru")
    admin.tap("📣 Хабарлау").tap("Топ").send(campus.group)
    assert "Алатын адам: 2" in admin.text
    admin.send("Жиналыс 12:00-де")
    admin.send("Собрание в 12:00")
    assert "Жібермес бұрын тексеріңіз" in admin.text
    admin.tap("📣 Жіберу: 2")
    assert "Жиналыс 12:00-де" in kazakh.text
    assert "Собрание в 12:00" in russian.text
    admin.forge("n0")
    admin.forge(f"ns:{campus.town.sql(_newest)}")
    assert "Жеткізілгені: 2 / 2" in admin.text


@pytest.mark.parametrize("kind", ["500", "429", "reset_before"])
def test_news__whose_second_question_failed_at_first_keep_each_language_its_words(
    campus: Campus, kind: str
) -> None:
    admin, russian = desk_of(campus), campus.student("ru")
    admin.tap("📣 Хабарлау").tap("Топ").send(campus.group)
    campus.town.fault(kind, admin, method="sendMessage")
    admin.send("Жиналыс 12:00-де")
    assert "Жібермес бұрын" not in admin.text
    admin.send("Собрание в 12:00").tap("📣 Жіберу: 1")
    assert "Собрание в 12:00" in russian.text


def test_registrar__gets_figures_of_marks_and_the_week(campus: Campus) -> None:
    office = campus.member(Role.REGISTRAR)
    campus.exam()
    office.send("/staff").tap("🧾 Офис регистратор").tap("📊 Көрсеткіштер").send("20 8 7")
    assert "Бағаларды оқи алмадым" in office.text
    office.send("20 8 7 4 1")
    assert "Сапа пайызы: 75" in office.text
    assert "AYU 6.9.5" in office.text
    assert office.last()["document"]["file_name"].endswith(".xlsx")
    office.send("/staff").tap("📄 Апта қорытындысы")
    assert office.last()["document"]["file_name"].endswith(".pdf")


def test_nobody_else__comes_in_by_a_forged_tap(campus: Campus) -> None:
    methodist, student = campus.member(Role.METHODIST), campus.student()
    for phone in (methodist, student):
        assert "⚙️ Басқару" not in phone.send("/staff").labels()
    for tap in ("i0", "ii", "ik:students", "is:1", "ij:student", "ip", "ih", "n0", "ng:1"):
        methodist.forge(tap)
        refused = "деканға, оның орынбасарына" if tap[0] == "n" else "Бұл бөлім тек әкімшіге ашық"
        assert refused in methodist.text + str(methodist.answers), tap
    student.forge("i0")
    assert "Басқару" not in " ".join([*methodist.texts(), *student.texts()])


def _newest(uow) -> int:
    return uow.broadcasts.recent(1)[0].id
