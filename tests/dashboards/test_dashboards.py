"""Dashboards: the figures of the reports, in the scope of whoever looks, each leading to what it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from hrms.commands.dashboards import BOARDS, KINDS, allowed_boards, ask_board, board, evaluation
from hrms.commands.dashboards.shape import CONDITION, Context, Target
from hrms.commands.evaluation import history, queries
from hrms.commands.evaluation.quota import compute
from hrms.commands.reporting import produce
from hrms.commands.reporting.producing import asked_for
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from tests.reports.test_catalogue import add_cases
from tests.support.rated import Rated
from tests.support.statements import counted


@pytest.fixture
def rated(world: Any, factory: Any, session: Any) -> Rated:
    """A running year with agency a above its ceiling, some sheets late, one person not rated."""
    found = Rated(world, factory)
    found.cycle(2025)
    found.many({"HTXS": 4, "HTT": 5, "HT": 1}, score="80")
    found.sheet("late", "", state="self_submitted", level_unit="", level_machine="", late=True)
    found.sheet("out", "", state="not_rated", level_unit="", level_machine="", exit_code="NO_WORK_IN_PERIOD")
    found.many({"HTT": 3}, prefix="B", unit="b1", agency="b", state="decided", level="HTT")
    return found


@pytest.fixture
def province(world: Any, session: Any, rated: Rated, actor_as: Any) -> Iterator[Any]:
    add_cases(world, session)
    with actor_as("province_hr"):
        yield world


def context(**given: str) -> Context:
    return Context(ask_board("hr", given))


def followed(target: Target) -> int:
    """How many rows the address behind a figure of a report holds."""
    assert target.endpoint == "ReportView.rows"
    arguments = dict(target.arguments)
    key, fact = arguments.pop("key"), arguments.pop("fact")
    where = {name[len(CONDITION) :]: value for name, value in arguments.items() if name.startswith(CONDITION)}
    asked = asked_for(key, {name: value for name, value in arguments.items() if not name.startswith(CONDITION)})
    return asked.definition.fact(fact).number(asked, where)


@pytest.mark.parametrize("kind", [*KINDS])
@pytest.mark.parametrize("code", [*BOARDS])
def test_a_figure_is_the_number_of_rows_it_opens(code: str, kind: str, province: Any) -> None:
    """Whatever a count on a dashboard says, as many rows stand behind its link; amounts open rows as well."""
    found = board(code, ask_board(code, {"kind": kind}))
    for panel in found.panels:
        for tile in panel.tiles:
            if tile.target is not None and tile.target.endpoint == "ReportView.rows":
                rows = followed(tile.target)
                assert rows == tile.value if tile.kind == "integer" else bool(rows) or not tile.value, tile.label
        for column in panel.block.columns:
            for row in [*panel.block.rows, None]:
                where = panel.block.conditions(column, row)
                target = panel.opens(where) if panel.opens and where is not None else None
                if column.kind == "integer" and target is not None and target.endpoint == "ReportView.rows":
                    value = panel.block.total(column.key) if row is None else row[column.key]
                    assert followed(target) == value, (panel.heading, column.key, row)


@pytest.mark.parametrize("code", [*BOARDS])
def test_tables_are_those_of_the_reports(code: str, province: Any) -> None:
    """The dashboard and the report it links to show the same rows: nobody finds two answers to one question."""
    seen = 0
    for kind in KINDS:
        for panel in board(code, ask_board(code, {"kind": kind})).panels:
            if panel.more is None or panel.more.endpoint != "ReportView.show":
                continue
            arguments = dict(panel.more.arguments)
            report = produce(arguments.pop("key"), arguments)
            assert report.block(panel.block.key).rows == panel.block.rows
            assert report.block(panel.block.key).chart == panel.block.chart
            seen += 1
    assert seen >= 9


def test_evaluation_figures_agree_with_the_overview_of_the_cycle(province: Any, rated: Rated) -> None:
    """One statement counts what the cycle's own pages count in several."""
    found = evaluation.standing(context())
    assert found is not None and found.cycle.id == rated.cycle_id
    whole = history.distribution(rated.cycle_id).whole()
    assert dict(found.levels) == {level: n for level, n in whole.levels.items() if n}
    assert (found.waiting, found.not_rated) == (whole.waiting, sum(whole.not_rated.values()))
    assert found.people == whole.total == 15
    units = queries.progress(rated.cycle_id)
    steps: dict[str, int] = {}
    for unit in units:
        for step, number in unit.steps.items():
            steps[step] = steps.get(step, 0) + number
    assert dict(found.steps) == steps
    assert found.late == sum(unit.late for unit in units) == 1


def test_the_ceiling_is_that_of_the_quota_check(province: Any, rated: Rated) -> None:
    """Agency a stands at four of at most so many; the dashboard says what the check of the quota says."""
    panel = evaluation.quota(context())
    assert panel is not None
    lines = {row["agency"]: row for row in panel.block.rows}
    for name in ("a", "b"):
        state = compute(rated.cycle_id, province.units[name]).agency.ceiling
        line = lines[province.units[name]]
        assert (line["limit"], line["used"], line["over"]) == (state.limit, state.used, state.over)
    assert lines[province.units["a"]]["over"] > 0
    assert panel.block.rows[0]["agency"] == province.units["a"], "whoever is above the ceiling stands first"
    assert panel.tiles[0].value == 1 and panel.tiles[0].alert


def test_a_unit_sees_itself_and_nobody_else(world: Any, session: Any, rated: Rated, actor_as: Any) -> None:
    add_cases(world, session)
    with actor_as("unit_hr_b"):
        assert [one.code for one in allowed_boards()] == ["unit", "finance"]
        found = board("unit", ask_board("unit", {}))
        states = next(panel for panel in found.panels if panel.block.key == "state")
        assert sum(row["count"] for row in states.block.rows) == 2
        counted_sheets = evaluation.standing(Context(ask_board("unit", {})))
        assert counted_sheets is not None and set(counted_sheets.agencies) == {world.units["b"]}
        with pytest.raises(NotAllowed):
            ask_board("leadership", {})
        with pytest.raises(NotFound):
            ask_board("unit", {"unit": str(world.units["a"])})


def test_the_unit_filter_narrows_every_panel(province: Any, rated: Rated) -> None:
    narrow = board("hr", ask_board("hr", {"unit": str(province.units["b"])}))
    states = next(panel for panel in narrow.panels if panel.block.key == "state")
    assert sum(row["count"] for row in states.block.rows) == 2
    quota = next(panel for panel in narrow.panels if panel.block.key == "evaluation_quota")
    assert [row["agency"] for row in quota.block.rows] == [province.units["b"]]


def test_every_wrong_filter_is_told_at_once(province: Any) -> None:
    with pytest.raises(Refused) as refused:
        ask_board("hr", {"kind": "x", "period": "2025-Q9", "on": "31/02/2025"})
    assert {fault.field for fault in refused.value.faults} == {"kind", "period", "on"}


@pytest.mark.parametrize("kind", [*KINDS])
@pytest.mark.parametrize(
    ("username", "code"), [("leadership", "leadership"), ("province_hr", "hr"), ("finance", "finance"),
                           ("unit_hr_a", "unit")]
)  # fmt: skip
def test_a_dashboard_opens_within_its_statements(
    username: str, code: str, kind: str, world: Any, session: Any, rated: Rated, login: Any
) -> None:
    """At most twelve statements, whatever is asked; every link leads to a page that opens."""
    add_cases(world, session)
    browser = login(username)
    browser.get("/reports/")
    with counted() as statements:
        answer = browser.get(f"/dashboards/{code}/?kind={kind}")
    assert answer.status_code == 200
    assert len(statements) <= 12, "\n".join(statements)
    if kind != "all":
        return
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/(?:reports|cases|batches)/[^"]+)"',
                                                                answer.get_data(as_text=True))}  # fmt: skip
    for link in sorted(links)[:12]:
        assert browser.get(link).status_code == 200, link


def test_one_lands_on_the_own_dashboard(world: Any, login: Any) -> None:
    for username, code in (("finance", "finance"), ("province_hr", "hr"), ("leadership", "leadership"),
                           ("unit_hr_a", "unit"), ("unit_head_a", "unit")):  # fmt: skip
        answer = login(username).get("/dashboards/")
        assert answer.status_code == 302
        assert answer.headers["Location"].endswith(f"/dashboards/{code}/"), username


def test_who_reads_no_reports_has_no_dashboard(world: Any, login: Any) -> None:
    for username in ("system_admin", "staff_member_a"):
        assert login(username).get("/dashboards/").status_code == 403
        assert "Bảng điều hành" not in login(username).get("/").get_data(as_text=True)
    assert "Bảng điều hành" in login("unit_head_a").get("/").get_data(as_text=True)


def test_a_wrong_filter_is_told_on_the_page(world: Any, login: Any) -> None:
    page = login("province_hr").get("/dashboards/hr/?period=2025-Q9").get_data(as_text=True)
    assert "Kỳ báo cáo “2025-Q9” không đúng" in page
    assert login("province_hr").get("/dashboards/nothing/").status_code == 404


def test_the_paper_holds_the_same_tables_and_charts(world: Any, session: Any, login: Any) -> None:
    add_cases(world, session)
    answer = login("province_hr").get("/dashboards/hr/file.pdf?kind=cost")
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF")


def test_words_of_the_panels_are_in_the_catalogue(province: Any) -> None:
    """Labels that stand in constants are named where the catalogue finds them."""
    from config import ROOT

    named = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "views").glob("words*.py"))
    used = {*KINDS.values(), *(one.title for one in BOARDS.values()), *(one.about for one in BOARDS.values())}
    for code in BOARDS:
        used.add(definition_title(code))
        for panel in board(code, ask_board(code, {"kind": "rotation"})).panels:
            used |= {column.title for column in panel.block.columns} | {panel.heading, panel.more_label}
    assert [word for word in sorted(used) if f'"{word}"' not in named] == []


def definition_title(code: str) -> str:
    return ask_board(code, {}).definition.title


def test_people_due_for_a_change_of_position_are_those_of_the_due_list(province: Any) -> None:
    from hrms.commands.dashboards import rotation
    from hrms.commands.rotation.due import due_list

    panel = rotation.due_states(context())
    assert panel is not None and panel.opens is not None
    counts = due_list(unit_id=province.units["hy"], with_cases=False).counts
    assert {row["state"]: row["count"] for row in panel.block.rows} == counts
    assert {row["state"] for row in panel.block.rows} == set(counts)


@pytest.mark.parametrize("code", [*BOARDS])
def test_every_link_of_a_panel_has_its_page(code: str, province: Any, web_app: Any) -> None:
    """A figure that should open leads to a page of this application, with the arguments that page takes."""
    for kind in KINDS:
        for panel in board(code, ask_board(code, {"kind": kind})).panels:
            targets = [panel.more, *(tile.target for tile in panel.tiles)]
            for row in panel.block.rows if panel.opens else []:
                where = [panel.block.conditions(column, row) for column in panel.block.columns]
                targets += [panel.opens(one) for one in where if one is not None and panel.opens]
            for target in targets:
                if target is not None:
                    assert target.endpoint in web_app.view_functions, target
                    with web_app.test_request_context():
                        web_app.url_for(target.endpoint, **target.arguments)
