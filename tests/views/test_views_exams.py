"""An exam's card says by which clock its times are."""

import pytest

from bot.clock import zone
from bot.views import exams as views
from bot.views.speech import Speakers
from tests.support.clock import local
from tests.support.contents import loaded

WINTER, SUMMER = local("2026-12-21 09:00"), local("2026-07-21 09:00")


@pytest.mark.parametrize(
    ("name", "moment", "said"),
    [
        ("Asia/Almaty", WINTER, "Время Астаны (UTC+5)."),
        ("Asia/Qyzylorda", WINTER, "Время Астаны (UTC+5)."),
        ("Asia/Tashkent", WINTER, "Время Астаны (UTC+5)."),
        ("Asia/Bishkek", WINTER, "Часовой пояс: UTC+6."),
        ("Europe/Berlin", WINTER, "Часовой пояс: UTC+1."),
        ("Europe/Berlin", SUMMER, "Часовой пояс: UTC+2."),
        ("Asia/Kolkata", WINTER, "Часовой пояс: UTC+5:30."),
        ("America/St_Johns", WINTER, "Часовой пояс: UTC-3:30."),
        ("UTC", WINTER, "Часовой пояс: UTC+0."),
    ],
)
def test_zone__is_the_configured_ones_own(name, moment, said):
    read = loaded("ayu")
    speakers = Speakers(read.catalogue, read.words, zone(name), lambda: read.trees, read.letters)
    assert str(views.zone(speakers["ru"], moment)) == said
