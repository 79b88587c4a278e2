"""Điều 7 NĐ 178/2024 (early retirement within twelve months of the reorganisation) in the form of OpenFisca.

Runs in an environment of its own (``make bench-openfisca``) and imports nothing of the project. Reads people from an
.npz file, prints one line of JSON: seconds per run and the totals' checksum. Values of the law come in the same file.
"""

import json
import sys
import time

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Person = build_entity(key="person", plural="persons", label="Person", is_person=True)
PERIOD = "2025-08"
LEAVE_MONTH = 2025 * 12 + 7


def since_2025(value):
    return {"values": {"2025-01-01": {"value": value}}}


def fact(name, kind):
    return type(name, (Variable,), {"value_type": kind, "entity": Person, "definition_period": DateUnit.MONTH})


def months_in_halves(months, limit):
    years, odd = np.divmod(months, 12)
    return years + np.where(odd == 0, 0.0, np.where(odd <= limit, 0.5, 1.0))


class pension_month(Variable):
    value_type = int
    entity = Person
    definition_period = DateUnit.MONTH

    def formula(person, period, parameters):
        # The annexes of NĐ 135 are tables by birth month; they are given as such.
        table = TABLES[person("annex_2", period).astype(int), person("female", period).astype(int)]
        return table[person("birth_month", period) - FIRST_BIRTH] if table.ndim == 1 else np.take_along_axis(
            table, (person("birth_month", period) - FIRST_BIRTH)[:, None], axis=1
        )[:, 0]


class salary(Variable):
    value_type = float
    entity = Person
    definition_period = DateUnit.MONTH

    def formula(person, period, parameters):
        coefficient = person("coefficient", period)
        core = coefficient + person("leadership", period) + coefficient * person("beyond_frame_percent", period) / 100
        rate = 1 + (
            person("seniority_percent", period)
            + person("profession_preferential_percent", period)
            + person("public_service_percent", period)
        ) / 100
        return np.floor(core * rate * parameters(period).base_salary + 0.5)


class months_early(Variable):
    value_type = int
    entity = Person
    definition_period = DateUnit.MONTH

    def formula(person, period, parameters):
        return np.maximum(0, person("pension_month", period) - LEAVE_MONTH)


class eligible(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH

    def formula(person, period, parameters):
        law = parameters(period)
        months = person("months_early", period)
        most = np.where(person("annex_2", period), law.most_annex_2, law.most_annex_1)
        insured = person("insured", period) >= law.least_insurance
        return (months > 0) & (months <= most) & insured


class months_amount(Variable):
    value_type = float
    entity = Person
    definition_period = DateUnit.MONTH

    def formula(person, period, parameters):
        law, months = parameters(period), person("months_early", period)
        short = law.factor_first_12 * months
        over = law.factor_over_5 * law.months_over_5
        return np.floor(np.where(months <= law.five_years, short, over) * person("salary", period) + 0.5)


class years_amount(Variable):
    value_type = float
    entity = Person
    definition_period = DateUnit.MONTH

    def formula(person, period, parameters):
        law, months = parameters(period), person("months_early", period)
        per_year = np.where(months <= law.five_years, law.per_year_2_5, law.per_year_5_10)
        years = months_in_halves(months, law.half_year_limit)
        return (months >= law.two_years) * np.floor(per_year * years * person("salary", period) + 0.5)


class service_amount(Variable):
    value_type = float
    entity = Person
    definition_period = DateUnit.MONTH

    def formula(person, period, parameters):
        law = parameters(period)
        years = months_in_halves(person("insured", period), law.half_year_limit)
        further = law.service_per_year * np.maximum(0, years - law.service_first_years)
        salaries = law.service_first_months + further
        enough = person("months_early", period) >= law.two_years
        return enough * np.floor(salaries * person("salary", period) + 0.5)


class total(Variable):
    value_type = float
    entity = Person
    definition_period = DateUnit.MONTH

    def formula(person, period, parameters):
        parts = ("months_amount", "years_amount", "service_amount")
        return person("eligible", period) * sum(person(part, period) for part in parts)


FACTS = {
    "birth_month": int, "insured": int, "female": bool, "annex_2": bool, "coefficient": float, "leadership": float,
    "beyond_frame_percent": float, "seniority_percent": float, "profession_preferential_percent": float,
    "public_service_percent": float,
}  # fmt: skip
RULES = (pension_month, salary, months_early, eligible, months_amount, years_amount, service_amount, total)


def main(path, rounds):
    global TABLES, FIRST_BIRTH
    people = dict(np.load(path))
    TABLES, FIRST_BIRTH = people.pop("pension_table"), int(people.pop("first_birth"))
    law = json.loads(str(people.pop("law")))
    system = TaxBenefitSystem([Person])
    system.parameters = ParameterNode("", data={name: since_2025(value) for name, value in law.items()})
    for name, kind in FACTS.items():
        system.add_variable(fact(name, kind))
    for rule in RULES:
        system.add_variable(rule)
    count = len(people["insured"])
    processor, clock, answer = [], [], None
    for _ in range(rounds + 1):
        began, at = time.process_time(), time.perf_counter()
        simulation = SimulationBuilder().build_default_simulation(system, count=count)
        for name in FACTS:
            simulation.set_input(name, PERIOD, people[name])
        answer = simulation.calculate("total", PERIOD)
        processor.append(time.process_time() - began)
        clock.append(time.perf_counter() - at)
    np.save(path.replace(".npz", ".totals.npy"), np.asarray(answer, dtype=np.float64))
    print(json.dumps({"processor": min(processor[1:]), "clock": min(clock[1:])}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
