"""The field's closed word lists: exam kinds, attestations, levels and roles (contract, section 4)."""

from enum import StrEnum


class ExamKind(StrEnum):
    """How an exam is held."""

    TEST = "test"
    TEST_COMPLEX = "test_complex"
    TEST_CYCLIC = "test_cyclic"
    ORAL = "oral"
    WRITTEN = "written"
    PROJECT = "project"
    MINI_PROJECT = "mini_project"
    CASE = "case"
    ESSAY = "essay"
    CREATIVE = "creative"
    THESIS_DEFENCE = "thesis_defence"
    COMPLEX_EXAM = "complex_exam"


class Attestation(StrEnum):
    """Interim: a course's exam inside the session. Final: graduation."""

    INTERIM = "interim"
    FINAL = "final"


class Level(StrEnum):
    """Level of study."""

    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTORAL = "doctoral"


class Role(StrEnum):
    """What a member of staff may be; `secretary` is the attestation commission's."""

    EXAMINER = "examiner"
    PROCTOR = "proctor"
    METHODIST = "methodist"
    REGISTRAR = "registrar"
    DEPUTY_DEAN = "deputy_dean"
    DEAN = "dean"
    HEAD_OF_DEPARTMENT = "head_of_department"
    SECRETARY = "secretary"
    COMMISSION_CHAIR = "commission_chair"
    COMMISSION_MEMBER = "commission_member"
    APPEAL_CHAIR = "appeal_chair"
    APPEAL_MEMBER = "appeal_member"
    VOLUNTEER = "volunteer"
    CALL_CENTER = "call_center"
    ADMIN = "admin"


class PersonKind(StrEnum):
    """Which register a person stands in."""

    STUDENT = "student"
    STAFF = "staff"
