"""``backup`` and ``restore``: a sealed copy of the database, made by hand or put back."""

from __future__ import annotations

from pathlib import Path

import click

from hrms.cli.common import fail, with_app


@click.command("backup")
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="Default: the backups folder.")
@with_app()
def backup_command(target: Path | None) -> None:
    """Write a sealed copy of the database while people work. Only HRMS_DATA_KEY opens it: keep the key elsewhere.

    \b
    Example:
      python run.py backup --to /mnt/usb/hrms.sealed
    """
    from hrms.kernel import backup

    if target is not None and target.exists():
        fail(f"Tệp {target} đã có. Hãy chọn tên khác.")
    try:
        made = backup.make(target)
    except (backup.BackupFailed, OSError) as error:
        fail(str(error), code=1)
        return
    click.echo(f"Đã sao lưu vào {made}. Thư mục tệp đính kèm (files/) cần được chép riêng.")


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_app(migrated=False)
def restore_command(source: Path, yes: bool) -> None:
    """Put the database back to the sealed copy SOURCE. Stop the web server and the scheduler first.

    \b
    Example:
      python run.py restore var/backups/hrms-20250615-010000.sqlite.sealed
    """
    from hrms.kernel import backup

    if not yes:
        click.confirm("Toàn bộ dữ liệu hiện tại sẽ bị thay bằng bản sao này. Tiếp tục?", abort=True)
    try:
        backup.restore(source)
    except backup.BackupFailed as error:
        fail(str(error), code=1)
    click.echo("Đã khôi phục. Hãy chạy: python run.py setup")
