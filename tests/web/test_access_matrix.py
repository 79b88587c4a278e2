"""Role × unit × route, from the URL map: a new route is in here the moment it exists."""

from __future__ import annotations

from collections import Counter

import pytest

from hrms.kernel import access
from tests.support.routes import routes, unknown_parameters
from tests.support.samples import sample_place
from views.rules import rule_of

# In this state a case has reached every role that ever sees it.
STATE = "finance_review"
# An answer only when something happened before: no outcome without a bulk step, no error file without faults, no
# calendar without an address somebody asked for, no petition before a result.
NOT_YET = {
    "EvaluationPetitionView.own",
    "BatchView.outcomes", "ImportView.errors", "JobView.file", "JobView.show", "JobView.progress", "CalendarView.feed",
}  # fmt: skip
LEAVES = {"AuthView.logout"}  # asking for it ends the session the test is using


@pytest.fixture
def own(world, session):
    """Records of the unit of the accounts ``…_a``."""
    return sample_place(world, "a1", case_state=STATE)


@pytest.fixture
def other(world, session):
    """Records of a unit those accounts have nothing to do with."""
    return sample_place(world, "b1", case_state=STATE)


class Browsers:
    """One signed-in browser (or token) per account; asks without following redirects."""

    def __init__(self, login, token):
        self._login, self._token = login, token
        self._clients, self._headers = {}, {}

    def ask(self, username, route, path):
        if route.is_api:
            if username not in self._headers:
                self._headers[username] = self._token(username)
            client = self._clients.setdefault(None, self._login(username))
            with client.session_transaction() as session:
                session.clear()
            return client.open(path, method=route.method, headers=self._headers[username], json=_body(route))
        if username not in self._clients:
            self._clients[username] = self._login(username)
        return self._clients[username].open(path, method=route.method)


def _body(route):
    return None if route.method == "GET" else {}


@pytest.fixture
def browsers(login, token):
    return Browsers(login, token)


@pytest.fixture
def roles_of(world, session, actor_as):
    """Which (resource, action) pairs an account holds, whatever the record."""
    known = {}

    def held(username):
        if username not in known:
            with actor_as(username):
                known[username] = tuple(access.grants())
        return known[username]

    def allows(username, rule):
        return any(grant.role.allows(*pair) for grant in held(username) for pair in rule.any_of)

    return allows


def report(failures):
    return f"{len(failures)} answers are not as declared:\n  " + "\n  ".join(failures[:60])


def test_every_route_has_a_declared_rule(web_app):
    bare = sorted({str(a.endpoint) for a in web_app.url_map.iter_rules() if rule_of(web_app, a.endpoint) is None})
    assert bare == [], "decorate them with @needs, @api_needs, @signed_in or @public (views/rules.py)"


def test_every_rule_names_a_right_that_some_role_holds(web_app):
    """A misspelt right closes its page to everybody, in silence."""
    roles = access.roles().values()
    lonely = sorted(
        f"{route}: {resource}:{action}"
        for route in routes(web_app)
        for resource, action in route.rule.any_of
        if not any(role.allows(resource, action) for role in roles)
    )
    assert lonely == []


def test_every_parameter_of_every_route_is_known_to_the_matrix(web_app):
    unknown = unknown_parameters(web_app)
    assert unknown == [], "\n".join(unknown)


def test_nobody_signed_in_meets_the_log_in_or_a_refusal(web_app, client, own):
    failures = []
    for route in routes(web_app):
        if route.rule.kind == "public":
            continue
        answer = client.open(route.path(web_app, own), method=route.method, json=_body(route) if route.is_api else None)
        if route.is_api:
            good = answer.status_code == 401
        elif route.method == "GET":
            good = answer.status_code == 302 and answer.location.startswith("/login/")
        else:
            good = answer.status_code in (302, 403) and "/login/" in (answer.location or "/login/")
        if not good:
            failures.append(f"{route}: {answer.status_code}")
    assert failures == [], report(failures)


def test_a_role_without_the_right_is_refused_on_its_own_units_records(web_app, world, own, browsers, roles_of):
    failures, asked = [], Counter()
    for route in routes(web_app):
        if route.rule.kind != "needs":
            continue
        path = route.path(web_app, own)
        for username in world.accounts:
            if roles_of(username, route.rule):
                continue
            asked[username] += 1
            status = browsers.ask(username, route, path).status_code
            if status != 403:
                failures.append(f"{username}: {route}: {status}")
    assert failures == [], report(failures)
    assert len(asked) == len(world.accounts), "every account must lack something"


def test_a_record_of_another_unit_is_not_found_whatever_the_role_may_do(web_app, world, own, other, browsers, roles_of):
    failures = []
    accounts = [name for name in world.accounts if name.endswith("_a")]
    for route in routes(web_app):
        if not route.of_record:
            continue
        path = route.path(web_app, other)
        for username in accounts:
            if route.rule.kind == "needs" and not roles_of(username, route.rule):
                continue
            status = browsers.ask(username, route, path).status_code
            if status != 404:
                failures.append(f"{username}: {route}: {status}")
    assert failures == [], report(failures)


def test_a_record_that_does_not_exist_looks_exactly_like_one_of_another_unit(web_app, world, own, other, browsers):
    """The answers may not differ in anything that tells which numbers are taken elsewhere."""
    failures = []
    for route in routes(web_app):
        if not route.of_record or route.method != "GET" or "_id" not in route.address.rule:
            continue
        path = route.path(web_app, other)
        digits = "".join(character if not character.isdigit() else "9" for character in path.split("?")[0])
        gone = digits.replace("9", "99999", 1) if "9" in digits else digits
        for username in ("unit_hr_a", "unit_head_a"):
            answers = [browsers.ask(username, route, where) for where in (path, gone)]
            if {answer.status_code for answer in answers} not in ({404}, {403}):
                failures.append(f"{username}: {route}: {[answer.status_code for answer in answers]}")
    assert failures == [], report(failures)


def test_who_holds_the_right_gets_an_answer_on_the_own_record(web_app, world, own, browsers, roles_of):
    """Pages open; an empty form is answered with what is missing. Nothing ever answers with a crash."""
    failures = []
    accounts = [name for name in world.accounts if name.endswith("_a") and not name.startswith("staff_member")]
    # Look first, send forms afterwards; addresses are written down before a form takes a record away.
    in_order = sorted(routes(web_app), key=lambda item: item.method)
    for route, path in [(route, route.path(web_app, own)) for route in in_order if route.endpoint not in LEAVES]:
        for username in accounts:
            if route.rule.kind == "needs" and not roles_of(username, route.rule):
                continue
            status = browsers.ask(username, route, path).status_code
            good = status in (200, 302) if route.method == "GET" else status < 500
            good = good or (route.endpoint in NOT_YET and status == 404)
            good = good or (
                route.rule.kind == "signed_in" and status == 403
            )  # the method asks for more by its own words
            if not good:
                failures.append(f"{username}: {route}: {status}")
    assert failures == [], report(failures)


def test_a_member_of_staff_opens_the_own_record_and_no_colleagues(web_app, world, own, browsers, roles_of):
    failures = []
    colleague = sample_place(world, "xa", case_state=STATE)
    for route in routes(web_app):
        if not route.of_record or route.method != "GET" or not roles_of("staff_member_a", route.rule):
            continue
        mine = browsers.ask("staff_member_a", route, route.path(web_app, own)).status_code
        theirs = browsers.ask("staff_member_a", route, route.path(web_app, colleague)).status_code
        if mine not in (200, 302, 404) or theirs != 404:
            failures.append(f"{route}: own {mine}, colleague's {theirs}")
    assert failures == [], report(failures)


def test_a_cookie_opens_no_rest_address(web_app, world, own, login):
    """Trap 6: with a cookie, another site could use the API through the browser of somebody signed in."""
    browser = login("province_hr")
    failures = [
        f"{route}: {answer.status_code}"
        for route in routes(web_app)
        if route.rule.token
        for answer in [browser.open(route.path(web_app, own), method=route.method, json=_body(route))]
        if answer.status_code != 401
    ]
    assert failures == [], report(failures)


def test_every_form_wants_the_token_of_its_page(web_app, world, own, login):
    """Trap 5: without it, another site could send our forms."""
    browser = login("province_hr")
    failures, asked = [], 0
    for route in routes(web_app):
        if route.method == "GET" or route.is_api:
            continue
        asked += 1
        answer = browser.open(route.path(web_app, own), method=route.method, csrf=False)
        if answer.status_code != 400 or "Phiên làm việc đã hết" not in answer.get_data(as_text=True):
            failures.append(f"{route}: {answer.status_code}")
    assert failures == [], report(failures)
    assert asked
