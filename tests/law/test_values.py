"""Every value of the law can be written into a form and stored, and comes back as exactly the same value."""

from __future__ import annotations

import json

import pytest

from hrms.commands.law.values import UnfitValue, read_plain, read_typed, text_of
from policies.engine.parameters import Override, jsonable
from policies.rehearsal import rehearse
from policies.store import default_store

STORE = default_store()


def test_a_value_survives_the_form_and_the_database(ctx):
    for name in STORE.names():
        versions = STORE.versions(name)
        for version in versions:
            assert read_typed(versions, text_of(version)) == version.value, name
            assert read_plain(versions, json.loads(json.dumps(jsonable(version.value)))) == version.value, name


@pytest.mark.parametrize("wrong", [{"x": {"y": 1}}, [[1]], None, 1.5])
def test_another_shape_is_refused(ctx, wrong):
    for name in STORE.names():
        with pytest.raises(UnfitValue):
            read_plain(STORE.versions(name), wrong)


def test_a_table_by_year_takes_a_new_year(ctx):
    versions = STORE.versions("pension.adjustment")
    text = text_of(versions[-1]) + '\n"2027": 1.00'
    assert set(read_typed(versions, text)) == {*versions[-1].value, "2027"}


def test_a_word_may_be_given_by_its_label(ctx):
    version = STORE.versions("nd178.first12.measured_on")[-1]
    code, label = next(iter(version.options.items()))
    assert read_typed([version], label) == code


def test_a_change_of_evaluation_or_rotation_is_rehearsed_on_their_questions():
    def under(name, value):
        version = STORE.versions(name)[-1]
        changed = Override(value, "1/2026", version.article, valid_from=version.valid_from, valid_to=version.end)
        return rehearse(STORE.overlay({name: changed}))

    raised = under("evaluation.qd366.over_percent", 60)
    assert raised.moved and not raised.failed
    assert all(name.startswith("Đánh giá, xếp loại EV-") or "OWN-" in name for name in raised.names)
    longer = under("rotation.conflict.working_days", {"report": 9, "handle": 9, "inform": 9})
    assert longer.moved and all(name.startswith("Luân chuyển") for name in longer.names)
    assert under("rotation.conflict.working_days", {"report": 9}).failed  # a wrong shape is told, not passed over
    assert rehearse(STORE).moved == 0  # the law rehearsed leaves nothing behind


def test_every_case_of_the_law_files_is_tried_or_named():
    assert rehearse(STORE).untried == ()


def test_the_law_of_the_project_passes_its_own_rehearsal():
    found = rehearse(STORE)
    assert (found.moved, found.failed) == (0, ())
    assert found.cases > 100
