import pytest

from bot.library.content import CONTENT
from bot.library.folding import Endings, Folding, load_folding
from bot.library.lexicon import Lexicon, load_lexicon
from bot.library.rulebook import Entry, Rulebook, RuleWords
from bot.library.search import Search
from bot.library.yamlfiles import Reader


@pytest.fixture(scope="module")
def folding() -> Folding:
    reader = Reader(CONTENT)
    found = load_folding(reader)
    assert not reader.problems
    return found


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    reader = Reader(CONTENT)
    found = load_lexicon(reader, ("kk", "ru"))
    assert not reader.problems
    return found


SAME = [
    ("емтихан", "emtihan", "EMTIKHAN", "Емтихан"),
    ("қатыспадым", "qatyspadym", "катыспадым"),
    ("сағат", "sagat", "sağat", "сагат"),
    ("жарық", "jaryq", "zharyq", "жарык"),
    ("өтініш", "otinish", "отиниш", "ötiniş"),
    ("үлгермедім", "ulgermedim", "улгермедим"),
    ("вырубили", "vyrubili", "ВЫРУБИЛИ"),
    ("сессия", "sessiya", "сесия"),
    ("объяснение", "обьяснение", "объяснение"),
    ("пересдача", "peresdacha"),
    ("зачёт", "зачет"),
    ("жүктеу", "zhukteu", "жуктеу"),
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda spellings: spellings[1])
def test_folding__one_word_in_many_spellings(folding, spellings):
    assert len({tuple(folding.words(spelling)) for spelling in spellings}) == 1


def test_folding__a_grade_is_not_a_conjunction(folding):
    assert folding.words("оценка I и F") == [*folding.words("оценка"), "i", "и", "f"]
    assert folding.words("оценка f")[-1] == "f"
    assert "fx" in folding.words("fx aldym")
    assert folding.words("svet i internet")[1] == "и"


def test_folding__numbers_stay(folding):
    assert folding.words("5.1.10 және 48") == ["5.1.10", *folding.words("және"), "48"]


def test_endings__are_trimmed_while_a_stem_is_left():
    endings = Endings(["лар", "га", "а"])
    assert endings.stem("студентларга") == "студент"
    assert endings.stem("баларга") == "балар"
    assert endings.stem("тула") == "тула"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("апелляцияны", "апелляция"),
        ("экзамена", "экзамен"),
        ("оқытушыға", "оқытушы"),
        ("попытки", "попытка"),
        ("емтиханда", "емтихан"),
    ],
)
def test_lexicon__forms_of_a_word_share_a_stem(lexicon, one, other):
    assert lexicon.stems(one) == lexicon.stems(other)


def test_lexicon__concepts_of_both_languages_and_slang(lexicon):
    for said in ("свет вырубили", "отключили электричество", "жарық сөніп қалды", "svet vyrubili"):
        concepts = {meaning.concept for meaning in lexicon.meanings(lexicon.stems(said, idle_too=True))}
        assert "=power" in concepts, said


APPEAL = ("Срок апелляции", "Апелляция мерзімі", ["сколько часов на апелляцию"], ["қанша сағат"])
TOY = {
    "toy.power": ("Пропал свет", "Жарық сөнсе", ["отключили свет"], ["жарық сөніп қалды"], "TOY 5.1.11"),
    "toy.appeal": (*APPEAL, "TOY 2"),
    "toy.test": ("Сколько длится тест", "Тест уақыты", ["время теста"], ["тест неше минут"], "TOY 3"),
    "toy.clothes": ("Какая нужна одежда", "Қандай киім керек", ["что надеть"], ["не киемін"], "TOY 4"),
    "low.appeal": (*APPEAL, "LOW 1"),
    "toy.defence": (
        "Связь пропала на защите",
        "Қорғауда байланыс үзілсе",
        ["пропал интернет"],
        ["интернет үзілді"],
        "TOY 6",
    ),
}
FRAMED = {"toy.defence": ("final",)}


@pytest.fixture(scope="module")
def search(lexicon) -> Search:
    entries, words = {}, {}
    for name, (ru, kk, asked_ru, asked_kk, clause) in TOY.items():
        entries[name] = Entry(
            name, name[:3], clause, (clause,), frozenset({"all"}), FRAMED.get(name, ("x",)), (), {}, "here"
        )
        words["ru", name] = RuleWords(ru, "Ответ.", tuple(asked_ru))
        words["kk", name] = RuleWords(kk, "Жауап.", tuple(asked_kk))
    return Search(Rulebook("toy", entries, words, ("kk", "ru")), lexicon)


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("свет вырубили", "toy.power"),
        ("svet vyrubili", "toy.power"),
        ("жарык сонди", "toy.power"),
        ("jaryq sondi", "toy.power"),
        ("свет болмай калды", "toy.power"),
        ("апеляция срок", "toy.appeal"),
        ("апелляцияны қанша сағатта берем", "toy.appeal"),
        ("тистт уақыты", "toy.test"),
        ("а что одеть-то?", "toy.clothes"),
        ("5.1.11", "toy.power"),
        ("ТЕСТ!!! СКОЛЬКО МИНУТ???", "toy.test"),
    ],
)
def test_search__finds_whatever_the_language_and_the_spelling(search, question, entry, language):
    assert search.find(question, language)[0].entry_id == entry


def test_search__the_own_rule_before_the_extended(search):
    first, second = search.find("срок апелляции", "ru")[:2]
    assert (first.entry_id, second.entry_id) == ("toy.appeal", "low.appeal")


def test_search__sure_of_a_plain_question_only(search):
    assert search.sure(search.find("отключили свет", "ru"))
    assert not search.sure(search.find("свет и одежда", "ru"))
    assert not search.sure([])


@pytest.mark.parametrize("one_word", ["свет", "апелляция", "киім", "тест", "купить одежду в магазине дешево"])
def test_search__one_telling_word_may_be_about_anything(search, one_word):
    assert not search.sure(search.find(one_word, "ru"))


def test_search__a_rule_of_graduation_is_certain_only_where_graduation_is_spoken_of(search):
    plain, framed = (search.find(text, "ru")[0] for text in ("пропал интернет", "на защите пропал интернет"))
    assert plain.entry_id == framed.entry_id == "toy.defence"
    assert not plain.firm
    assert framed.firm
    assert plain.score < 1


def test_search__another_sources_rule_is_not_certain_where_the_own_source_speaks(lexicon):
    def entry(name, topic):
        return Entry(name, name[:3], "X 1", ("X 1",), frozenset({"all"}), (topic,), (), {}, "here")

    entries = {"toy.a": entry("toy.a", "oral"), "low.b": entry("low.b", "appeal")}
    words = {
        (language, name): RuleWords(title, "Ответ.", (title,))
        for language in ("kk", "ru")
        for name, title in (("toy.a", "Время ответа на устном"), ("low.b", "Срок подачи апелляции"))
    }

    def certain():
        search = Search(Rulebook("toy", entries, words, ("kk", "ru")), lexicon)
        return search.sure(search.find("срок подачи апелляции", "ru"))

    assert certain()
    entries["toy.a"] = entry("toy.a", "appeal")
    assert not certain()


def test_search__what_speaks_to_staff_alone_comes_later_for_everybody_else(lexicon):
    def entry(name, role):
        return Entry(name, "toy", "X 1", ("X 1",), frozenset({role}), ("x",), (), {}, "here")

    entries = {"toy.a": entry("toy.a", "examiner"), "toy.b": entry("toy.b", "student")}
    words = {
        (language, name): RuleWords("Пропал интернет", "Ответ.", ("пропал интернет",))
        for language in ("kk", "ru")
        for name in entries
    }
    search = Search(Rulebook("toy", entries, words, ("kk", "ru")), lexicon)
    found = {staff: search.find("пропал интернет", "ru", by_staff=staff) for staff in (True, False)}
    assert [hit.entry_id for hit in found[True]] == ["toy.a", "toy.b"]
    assert [hit.entry_id for hit in found[False]] == ["toy.b", "toy.a"]


def test_lexicon__a_frame_names_concepts_that_there_are(tmp_path):
    (tmp_path / "xx" / "rules").mkdir(parents=True)
    (tmp_path / "xx" / "rules" / "synonyms.yaml").write_text("defence: [viva]\n", "utf-8")
    (tmp_path / "frames.yaml").write_text("final: [defense]\n", "utf-8")
    reader = Reader(tmp_path)
    load_lexicon(reader, ("xx",))
    assert any("defense is no concept of synonyms.yaml; is defence meant?" in p for p in reader.problems)


@pytest.mark.parametrize(
    "nonsense", ["", "   ", "???", "👍", "\u0000", "привет", "рахмет", "сколько стоит общежитие", "а и на в"]
)
def test_search__nothing_is_near_nonsense(search, nonsense):
    assert not search.sure(search.find(nonsense, "ru"))


def test_search__a_very_long_question_is_cut(search):
    assert search.find("отключили свет " + "ы " * 5000, "ru")


def test_search__an_empty_rulebook(lexicon):
    assert Search(Rulebook("toy", {}, {}, ("kk", "ru")), lexicon).find("свет", "ru") == []


def test_search__a_language_without_files_of_its_own(tmp_path):
    reader = Reader(tmp_path)
    assert load_lexicon(reader, ("xx",)).stems("Свет Свет") == ["свет", "свет"]
    assert not reader.problems
