"""``backup`` and ``restore``: sealed copies of the database and of the uploaded files, made by hand or put back."""

from __future__ import annotations

from pathlib import Path

import click

from hrms.cli.common import fail, with_app


@click.command("backup")
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="Default: the backups folder.")
@with_app()
def backup_command(target: Path | None) -> None:
    """Write a sealed copy of the database while people work, and beside it, in files/, every uploaded file that has
    no copy there yet. Only HRMS_DATA_KEY opens them: keep the key elsewhere.

    \b
    Example:
      python run.py backup --to /mnt/usb/hrms.sealed
    """
    from hrms.kernel import backup, file_backup

    if target is not None and target.exists():
        fail(f"Tệp {target} đã có. Hãy chọn tên khác.")
    try:
        made = backup.make(target)
        files = file_backup.copy_new(file_backup.beside(made))
    except (backup.BackupFailed, OSError) as error:
        fail(str(error), code=1)
        return
    click.echo(f"Đã sao lưu vào {made}; tệp đính kèm: {files.new} tệp mới, {files.kept} tệp đã có bản sao.")
    if files.damaged:
        fail(f"Không sao lưu được {len(files.damaged)} tệp bị mất hoặc bị thay đổi: {_numbers(files.damaged)}.", code=1)


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--database-only", is_flag=True, help="Leave the uploaded files as they are.")
@with_app(migrated=False)
def restore_command(source: Path, yes: bool, database_only: bool) -> None:
    """Put the database back to the sealed copy SOURCE, then every uploaded file it knows that is missing or damaged,
    out of the folder files/ beside SOURCE; each one is checked. Stop the web server and the scheduler first.

    \b
    Example:
      python run.py restore var/backups/hrms-20250615-010000.sqlite.sealed
    """
    from hrms.kernel import backup, file_backup

    if not yes:
        click.confirm("Toàn bộ dữ liệu hiện tại sẽ bị thay bằng bản sao này. Tiếp tục?", abort=True)
    try:
        backup.restore(source)
    except backup.BackupFailed as error:
        fail(str(error), code=1)
    click.echo("Đã khôi phục cơ sở dữ liệu. Hãy chạy: python run.py setup")
    if database_only:
        return
    files = file_backup.put_back(file_backup.beside(source))
    click.echo(f"Tệp đính kèm: {files.present} tệp còn nguyên, {files.back} tệp đã khôi phục.")
    if files.missing:
        fail(
            f"Thiếu {len(files.missing)} tệp không có bản sao nguyên vẹn trong {file_backup.beside(source)}: "
            f"{_numbers(files.missing)}. Hãy chép thư mục files/ đi kèm bản sao rồi chạy lại lệnh này.",
            code=1,
        )


def _numbers(ids: list[int]) -> str:
    return ", ".join(f"#{number}" for number in ids[:10]) + (", …" if len(ids) > 10 else "")
