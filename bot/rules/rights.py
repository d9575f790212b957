"""Who may do what on whose: one row for every command and every button, read by the door before any handler.

What a row cannot say (this exam, this report, this faculty) the use-case asks of `bot.rules.access` again,
from the database. A route that stands in no row is open to nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.rules.vocabulary import Role

GUEST, STUDENT, COLLEAGUE = "guest", "student", "colleague"
"""Who somebody is without a role: not linked, of the students' register, of the staff's."""

KINDS = frozenset({GUEST, STUDENT, COLLEAGUE})
Person = str
"""GUEST, STUDENT, COLLEAGUE or a role of the staff."""

STAFF = frozenset({COLLEAGUE, *Role})
LINKED = STAFF | {STUDENT}
EVERYBODY = LINKED | {GUEST}
DEANS = frozenset({Role.DEPUTY_DEAN, Role.DEAN})
LEADS = frozenset({Role.CALL_CENTER, Role.ADMIN})
HELPERS = LEADS | {Role.VOLUNTEER}
REGISTRARS = frozenset({Role.REGISTRAR, Role.ADMIN})
BOARD = frozenset(
    {
        Role.ADMIN, Role.CALL_CENTER, Role.DEAN, Role.DEPUTY_DEAN,
        Role.HEAD_OF_DEPARTMENT, Role.METHODIST, Role.REGISTRAR,
    }
)  # fmt: skip
"""Who sees every exam of their faculty on the board."""

OWN_BOARD = frozenset({Role.EXAMINER, Role.PROCTOR, Role.SECRETARY})
"""Who sees there the exams they hold themselves."""


class Whose(StrEnum):
    """On whose things: what the use-case asks of the database."""

    NOBODYS = "nobody's: rules, help, languages"
    OWN = "one's own"
    EXAM = "of an exam one sits or holds"
    TOLD = "addressed to one, or of an incident that is"
    FACULTY = "of one's faculty; an empty one is the university"
    DESK = "of the help desk; to change one, held"
    ALL = "the university's"


@dataclass(frozen=True, slots=True)
class Right:
    """Who may, on whose, and what everybody else is told. `staff`: the same for staff without the role.

    `asks`: the use-case refuses by itself, since what it says to whom may not is help in an emergency.
    """

    who: frozenset[Person]
    whose: Whose
    staff: str = "staff_only"
    asks: bool = False


OPEN = Right(EVERYBODY, Whose.NOBODYS)
OWN_OPEN = Right(EVERYBODY, Whose.OWN)
EMERGENCY = Right(LINKED, Whose.EXAM, asks=True)
OWN = Right(LINKED, Whose.OWN)
SAT_OR_HELD = Right(LINKED, Whose.EXAM)
STUDENTS = Right(frozenset({STUDENT}), Whose.OWN, "students_only")
PARTY = Right(LINKED, Whose.TOLD)
HELD_EXAM = Right(STAFF, Whose.EXAM)
TOLD = Right(STAFF, Whose.TOLD)
COLLEAGUES = Right(STAFF, Whose.FACULTY)
DEANERY = Right(DEANS | {Role.ADMIN}, Whose.FACULTY, "deans_only")
BOARDS = Right(BOARD | OWN_BOARD, Whose.FACULTY)
REGISTRY = Right(REGISTRARS, Whose.FACULTY)
HELP_DESK = Right(HELPERS, Whose.DESK, "helpers_only")
DESK_LEADS = Right(LEADS, Whose.DESK, "leads_only")
ADMINS = Right(frozenset({Role.ADMIN}), Whose.FACULTY, "admins_only")


def _rows(*rows: tuple[Right, str]) -> dict[str, Right]:
    found: dict[str, Right] = {}
    for right, names in rows:
        for name in names.split():
            assert name not in found, f"two rows for {name}"
            found[name] = right
    return found


COMMANDS: Mapping[str, Right] = _rows(
    (OPEN, "start lang cancel help ask steps link desk"),
    (OWN_OPEN, "privacy"),
    (EMERGENCY, "sos"),
    (OWN, "my"),
    (SAT_OR_HELD, "exams"),
    (STUDENTS, "appeal apply"),
    (TOLD, "staff"),
    (HELP_DESK, "duty queue"),
)
TAPS: Mapping[str, Right] = _rows(
    (OPEN, "lang agree menu ha hh hg hp hq hd hx hl ho hb rh rl"),
    (OPEN, "wk wo wd wl wp wr wy"),
    (OWN_OPEN, "zd tn tv tx tr to"),
    (EMERGENCY, "sx sf sg st"),
    (SAT_OR_HELD, "ex ics cal ry rb ra wx wn da"),
    (OWN, "zs zo zq cv cn aa al aw fl fw jb jo jw jr jc jy js"),
    (STUDENTS, "ap ad ag as ac ai ar af av ay aq fo fd fr fs fe fx fp fv fy fq"),
    (PARTY, "ao je jf jl wt pn pp pu pv"),
    (TOLD, "cc co cf ct jd jv jt jp jq jk jh jx jg ju jm ja jn ji jj jz zt qi wq"),
    (TOLD, "ak au at ax ae ah aj am an az fk fg pk pl pt qe"),
    (HELD_EXAM, "do dc db ds dt dp dq dm dr dw du dv dk dx"),
    (HELD_EXAM, "xl xc xe xf xm xn xo xp xk xq xg xh xi xj"),
    (HELD_EXAM, "pa pb po pc pd pe pf pg ph pi ps pq qa qg qb qc qd qf qh"),
    (HELD_EXAM, "ma mb mc md me mf mg mh mi mj mk ml mm mn mo mp mq gy gn"),
    (COLLEAGUES, "yz yf yw yu ys yc"),
    (DEANERY, "yr n0 na nb nt nw ng nc ns nx"),
    (BOARDS, "bd iz"),
    (REGISTRY, "i1 if"),
    (HELP_DESK, "dy dh hs tc kc kv k0 kr kp ki kn kg ka kf km kt kx ks kh kl kb"),
    (DESK_LEADS, "kw kz ku sd sn"),
    (ADMINS, "i0 ii ik is ix iv ij ig iu ir io it ip iq iw ih"),
)
GROUPS: Mapping[str, Right] = _rows((SAT_OR_HELD, "link unlink"), (DESK_LEADS, "desk"))
"""Commands of a group's chat."""

GROUP_TAPS: Mapping[str, Right] = _rows((HELP_DESK, "gc"))


def refusal_for(right: Right, persons: frozenset[Person]) -> str:
    """Why somebody who is all of these may not, '' when they may."""
    if right.asks or persons & right.who:
        return ""
    if GUEST in persons:
        return "link_first"
    if STUDENT in persons and right.who <= STAFF:
        return right.staff if right.staff in ("helpers_only", "leads_only") else "staff_only"
    return right.staff
