"""The written refusal with its reasons (Điều 17 NĐ 178/2024/NĐ-CP): a notice of the agency's head to the person."""

from __future__ import annotations

from dataclasses import dataclass

from hrms.kernel import clock
from hrms.kernel.workflow import TransitionRecord, performed
from reports import bases, pdf
from reports.case_file import FINAL_REFUSAL, CaseFile
from reports.citations import in_text
from reports.letter import Numbered, Recipients
from reports.tree import plain

REFUSING = ("refuse", "refuse_appraisal")


@dataclass(frozen=True)
class Ground:
    """One reason as the paper says it, with the article it rests on."""

    sentence: str
    article: str


def refusing_step(file: CaseFile) -> TransitionRecord | None:
    """The step that refused the case, the newest one."""
    return next((row for row in reversed(performed(file.case)) if row.transition in REFUSING), None)


def grounds(file: CaseFile) -> list[Ground]:
    """Why: what the refusing officer wrote, then every condition of the law the calculation found unmet."""
    found: list[Ground] = []
    step = refusing_step(file)
    if step is not None and step.reason:
        found.append(Ground(_sentence(step.reason), in_text(step.article or "")))
    if file.calculation is not None and not file.result.get("eligible"):
        for reason in file.result.get("reasons") or ():
            ground = Ground(_sentence(plain(str(reason["message"]))), in_text(str(reason["article"])))
            if all(ground.article != other.article or ground.sentence != other.sentence for other in found):
                found.append(ground)
    return found


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".;")
    return text[:1].upper() + text[1:]


def refusal(file: CaseFile, numbered: Numbered | None = None) -> pdf.Paper:
    """The notice. Before the case is refused it is a draft; without any reason yet the line is left open."""
    numbered = numbered or Numbered()
    year = (numbered.issued_on or clock.today()).year
    context = {
        "draft": file.case.state not in FINAL_REFUSAL and not file.for_signature,
        "letter": file.body.letterhead("TB", number=numbered.number, issued_on=numbered.issued_on, year=year),
        "file": file,
        "about": f"Về việc không giải quyết nguyện vọng {file.action} theo {file.decree_name}",
        "documents": [title.split(" ngày ")[0] for title in bases.decree_documents(file.decree, file.law_version)][:2],
        "grounds": grounds(file),
        "signature": file.body.signature(),
        "recipients": Recipients.of(["Như trên", "Sở Nội vụ (để b/c)"], "TCCB").lines,
    }
    title = f"Thông báo – hồ sơ {file.case.label}"
    return pdf.render("refusal.html", context, title=title, subject=f"Hồ sơ {file.case.label}")
