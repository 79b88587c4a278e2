"""Codes of ngạch and of chức danh nghề nghiệp in common use: a code outside this list is only worth a second look.

The list tells slips of the keyboard; it decides nothing. A caller with its own reference table passes that instead.
Ranges count the last two or three digits. Collected from common lists, not checked against the circulars.
"""

from __future__ import annotations

import re

_CIVIL = (
    "01.001-011", "01A.003", "02.005-008", "03.299-303", "04.023-025", "06.029-032", "06A.031", "06.036-040",
    "08.049-052", "08A.051", "09.314-320", "10.225-228", "11.081-083", "19.219-224", "21.187-190",
)  # fmt: skip
_PROFESSIONAL = (
    "V.01.02.01-03", "V.02.01.01-03", "V.03.01.01-03", "V.03.02.04-06", "V.03.03.07-09", "V.03.04.10-12",
    "V.03.05.13-15", "V.03.06.16-18", "V.03.07.19-21", "V.03.08.22-24", "V.03.09.23-26", "V.03.10.27-30",
    "V.04.01.01-03", "V.04.02.04-06", "V.04.03.07-10", "V.05.01.01-04", "V.05.02.05-08",
    "V.06.01.01-03", "V.06.02.04-06", "V.06.03.07-09", "V.06.04.10-12", "V.06.05.13-15", "V.06.06.16-18",
    "V.07.01.01-03", "V.07.01.23-23", "V.07.02.03-06", "V.07.02.24-26", "V.07.03.07-09", "V.07.03.27-29",
    "V.07.04.10-12", "V.07.04.30-32", "V.07.05.13-15", "V.07.06.16-19", "V.07.07.17-20", "V.07.08.20-22",
    "V.08.01.01-03", "V.08.02.04-06", "V.08.03.07-07", "V.08.04.08-10", "V.08.05.11-13", "V.08.06.14-16",
    "V.08.07.17-19", "V.08.08.20-23", "V.08.09.24-26", "V.08.10.27-29",
    "V.09.02.01-11", "V.09.03.01-03", "V.09.04.01-03",
    "V.10.01.01-04", "V.10.02.05-07", "V.10.02.30-30", "V.10.03.08-11", "V.10.04.12-15", "V.10.05.16-18",
    "V.10.05.29-29", "V.10.06.19-21", "V.10.07.22-24", "V.10.08.25-28",
    "V.11.01.01-03", "V.11.02.04-06", "V.11.03.07-09", "V.11.04.10-12", "V.11.05.09-11", "V.11.06.12-15",
    "V.11.07.16-19", "V.11.08.20-22", "V.11.09.23-26", "V.11.10.27-30", "V.11.11.31-34", "V.11.12.35-38",
)  # fmt: skip


def _expand(entry: str) -> list[str]:
    match = re.fullmatch(r"(.*\.)(\d+)-(\d+)", entry)
    if match is None:
        return [entry]
    stem, first, last = match.groups()
    return [f"{stem}{number:0{len(first)}d}" for number in range(int(first), int(last) + 1)]


KNOWN_GRADES: frozenset[str] = frozenset(code for entry in (*_CIVIL, *_PROFESSIONAL) for code in _expand(entry))
