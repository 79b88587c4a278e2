"""A law change as a file: only what is new is proposed, everything is decided together, faults name their place."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.commands import law
from hrms.commands.law.uploads import ProposeFile
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Refused
from models.law import ParameterOverride
from policies.store import HERE

NEW = """
parameters:
  - name: salary.base
    label: Lương cơ sở
    unit: đồng
    values:
      - {value: 2340000, from: 2024-07-01, to: 2026-06-30, article: "NĐ 73/2024/NĐ-CP", mark: P}
      - {value: 2700000, from: 2027-07-01, article: "Điều 3 khoản 2", mark: P, note: "Theo nghị quyết của Quốc hội"}
  - name: nd178.months.factor.first12
    values:
      - {value: "0.85", from: 2027-07-01, article: "Điều 5", mark: S}
"""


@pytest.fixture
def send(world, actor_as):
    def go(text: str, by: str = "province_hr", key: str = ""):
        with actor_as(by):
            command = ProposeFile(text, "luong-2027.yaml", "1/2027/NĐ-CP", date(2025, 6, 1), "Chính phủ", "Luật mới")
            return execute(command, key=key)

    return go


def test_only_what_is_new_is_proposed_and_all_is_decided_together(send, office):
    rows = send(NEW)
    assert [(row.name, row.value) for row in rows] == [
        ("salary.base", 2700000), ("nd178.months.factor.first12", "0.85")
    ]  # fmt: skip
    assert "Quốc hội" in rows[0].reason
    assert len(office.approve(rows[1])) == 2
    store = law.current_store()
    day = date(2027, 7, 1)
    assert store.at("salary.base", day).value == 2_700_000
    assert store.at("salary.base", date(2027, 6, 30)).value == 2_530_000
    assert store.at("nd178.months.factor.first12", day).document == "1/2027/NĐ-CP ngày 01/06/2025 của Chính phủ"


def test_the_same_file_sent_twice_is_one_proposal(send):
    assert [r.id for r in send(NEW, key="k1")] == [r.id for r in send(NEW, key="k1")]
    assert db.session.query(ParameterOverride).count() == 2


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in HERE.glob("*/parameters.yaml")))
def test_the_files_of_the_software_are_of_the_form_and_hold_nothing_new(send, folder):
    with pytest.raises(Refused) as error:
        send((HERE / folder / "parameters.yaml").read_text(encoding="utf-8"))
    assert {fault.code for fault in error.value.faults} == {"no_change"}


def test_every_fault_of_a_file_names_its_place(send):
    text = """
parameters:
  - name: salary.bse
    values: [{value: 1, from: 2027-07-01, article: x, mark: P}]
  - name: salary.base
    values:
      - {value: nhiều, from: 2027-07-01, article: x, mark: P}
      - {value: 1, form: 2027-07-01, from: 2027-13-01, article: "", mark: Q}
  - values: 3
"""
    with pytest.raises(Refused) as error:
        send(text)
    messages = "\n".join(fault.message for fault in error.value.faults)
    for words in (
        "parameters[0].values[0]: Không có tham số", "parameters[1].values[0]: ", "(salary.base): “nhiều”",
        "“2027-13-01”",
        "parameters[1].values[1]: không hiểu khóa form", "“Q”", "parameters[2]",
    ):  # fmt: skip
        assert words in messages, words
    assert db.session.query(ParameterOverride).count() == 0


@pytest.mark.parametrize("text", ["", "a: [", "cases: []", "parameters: 3", "- 1", "a: &x 1\nb: *x", "x" * 600_000])
def test_what_is_no_such_file_is_refused_in_words(send, text):
    with pytest.raises(Refused) as error:
        send(text)
    assert error.value.faults[0].field == "file"


def test_two_values_of_one_file_for_one_day_are_not_approved(send, office):
    rows = send(NEW + '  - name: salary.base\n    values: [{value: 2800000, from: 2027-08-01, article: x, mark: P}]\n')
    with pytest.raises(Refused) as error:
        office.approve(rows[0])
    assert {fault.code for fault in error.value.faults} == {"overlap"}
