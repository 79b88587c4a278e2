"""What the system does by itself at night: daily projection, accounts, files, old results, backup.

Each action returns one Vietnamese sentence for the page of background work. All of them may be repeated at will.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import ColumnElement, Select, func, select, update

from hrms.commands import accounts, security_log
from hrms.commands.accounts import lifecycle
from hrms.commands.organization.tree import project_units
from hrms.commands.staff.projection import project_people
from hrms.kernel import attachments, backup, clock, commands, file_backup, jobs
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.errors import HrmsError
from hrms.kernel.validity import lasts
from models.account import Account
from models.staff import Person

UNUSED = timedelta(days=45)  # QCVN 3.7.2.7.6: accounts unused for 45 days are disabled
RESULTS_KEPT = timedelta(days=7)
UPLOADS_LEFT_BEHIND = timedelta(days=1)
DAY = 24 * 3600


def _daily(name: str, title: str, at: str) -> Callable[[Callable[[date], str]], Callable[[date], str]]:
    hour, minute = at.split(":")

    def declare(run: Callable[[date], str]) -> Callable[[date], str]:
        jobs.scheduled(jobs.ScheduledAction(name, title, {"hour": hour, "minute": minute}, run))
        return run

    return declare


@_daily("project_today", "Cập nhật tên, cấp trên của đơn vị và vị trí công tác có hiệu lực hôm nay", "0:05")
def project_today(day: date) -> str:
    """Effective-dated rows that became valid today show from today on, and rights follow the unit tree (SEC-08)."""
    with transaction():
        units = project_units(day)
        people = project_people(None, day)
    return f"Đã cập nhật {units} đơn vị và {people} người."


@_daily("end_accounts", "Kết thúc tài khoản của người đã nghỉ hoặc 45 ngày không dùng; mở khóa khi hết hạn", "0:15")
def end_accounts(day: date) -> str:
    """SEC-06 and SEC-08: nobody who left, and nobody who stays away, keeps a way in."""
    in_use = lasts(Account, day)
    gone = _end(
        select(Account).join(Person, Person.id == Account.person_id).where(in_use, Person.left_on <= day),
        day,
        "Người dùng đã nghỉ, đã chuyển công tác",
    )
    unseen: ColumnElement[bool] = func.coalesce(Account.last_seen_at, Account.created_at) <= clock.now() - UNUSED
    settings = current_app.config["HRMS"]
    demo_stays = () if settings.is_production else (Account.is_demo.is_(False),)
    unused = _end(
        select(Account).where(in_use, unseen, *demo_stays),
        day,
        f"Không đăng nhập trong {UNUSED.days} ngày",
    )
    with transaction():
        unlocked = 0
        for account in db.session.scalars(select(Account).where(Account.locked_until <= clock.now())):
            account.locked_until = None
            security_log.record("unlocked", f"account {account.id}")
            unlocked += 1
    moved = accounts.end_rights_of_moved(day)
    return (
        f"Kết thúc {gone} tài khoản của người đã nghỉ, {unused} tài khoản không dùng; mở {unlocked} tài khoản; "
        f"thu hồi {moved} vai trò của người đã chuyển đơn vị."
    )


def _end(query: Select[tuple[Account]], day: date, reason: str) -> int:
    count = 0
    with transaction():
        for account in db.session.scalars(query):
            lifecycle.end(account, day - timedelta(days=1), reason)
            count += 1
    return count


@_daily("forget_request_keys", "Xóa mã yêu cầu cũ (chống gửi trùng)", "0:25")
def forget_request_keys(day: date) -> str:
    """Request keys are of use for as long as a browser may send the same form again."""
    return f"Đã xóa {commands.forget_old_keys()} mã yêu cầu."


@_daily("backup_database", "Sao lưu cơ sở dữ liệu và tệp đính kèm", "1:00")
def backup_database(day: date) -> str:
    """SEC-13: a copy every day, sealed, and the files that arrived since; the oldest copies of the database go."""
    made = backup.make()
    files = file_backup.copy_new()
    forgotten = backup.forget_old()
    with transaction():
        security_log.record("backup", made.name)
    megabytes = made.stat().st_size / (1 << 20)
    words = f"Đã sao lưu vào {made.name} ({megabytes:.1f} MB) và {files.new} tệp đính kèm mới, xóa {forgotten} bản cũ."
    if files.damaged:
        words += f" {len(files.damaged)} tệp bị mất hoặc bị thay đổi nên không sao lưu được."
    return words


class FilesDamaged(HrmsError):
    """Stored files are missing or changed; the message names them by number."""


@_daily("verify_files", "Kiểm tra các tệp lưu trữ còn nguyên vẹn", "2:00")
def verify_files(day: date) -> str:
    """SEC-12: every stored file still has the hash it arrived with. Raises :class:`FilesDamaged`."""
    seen, damaged = 0, []
    for file in db.session.scalars(select(attachments.StoredFile).order_by(attachments.StoredFile.id)):
        seen += 1
        if not attachments.intact(file):
            damaged.append(file.id)
    db.session.rollback()
    if damaged:
        with transaction():
            security_log.record("files_damaged", "stored_file", ", ".join(map(str, damaged[:40])))
        shown = ", ".join(f"#{number}" for number in damaged[:10])
        raise FilesDamaged(
            f"{len(damaged)} trong {seen} tệp bị mất hoặc bị thay đổi: {shown}. "
            "Hãy khôi phục từ bản sao (xem lệnh run.py restore)."
        )
    return f"{seen} tệp nguyên vẹn."


@_daily("delete_old_results", "Xóa kết quả tạm của công việc nền và tệp tải lên dở dang", "3:00")
def delete_old_results(day: date) -> str:
    """Results wait a week for their owner; what an interrupted upload left behind, a day."""
    settings = current_app.config["HRMS"]
    running = {
        f"job-{number}"
        for number in db.session.scalars(
            select(jobs.JobRun.id).where(jobs.JobRun.status.in_((jobs.QUEUED, jobs.RUNNING)))
        )
    }
    db.session.rollback()
    results = [path for path in _older(settings.work_dir.glob("*"), RESULTS_KEPT) if path.stem not in running]
    leftovers = _older(settings.files_dir.glob("incoming-*"), UPLOADS_LEFT_BEHIND)
    names = [path.name for path in results]
    for path in (*results, *leftovers):
        path.unlink(missing_ok=True)
    if names:
        with transaction():
            for start in range(0, len(names), 500):
                some = names[start : start + 500]
                gone = update(jobs.JobRun).where(jobs.JobRun.result_file.in_(some))
                db.session.execute(gone.values(result_file=None))
    return f"Đã xóa {len(results)} kết quả và {len(leftovers)} tệp dở dang."


def _older(paths: Iterable[Path], age: timedelta) -> list[Path]:
    limit = time.time() - age.total_seconds()
    return [path for path in paths if path.is_file() and path.stat().st_mtime < limit]
