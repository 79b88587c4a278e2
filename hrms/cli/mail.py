"""``mail-capture``: a mail server for development that keeps every letter as a file and delivers none."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import click

FOLDER = "mail"


class Keeper:
    """The handler of the capture server: one ``.eml`` a letter, in the order of arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._next = len(list(folder.glob("*.eml"))) + 1

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        path = self.folder / f"{self._next:06d}.eml"
        self._next += 1
        path.write_bytes(envelope.original_content or envelope.content)
        click.echo(f"{path.name}: {', '.join(envelope.rcpt_tos)}")
        return "250 OK"


@click.command("mail-capture")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=1025, show_default=True, type=click.IntRange(1, 65535))
def mail_capture_command(host: str, port: int) -> None:
    """Take every letter the application sends and keep it under the data directory, for trying things out.

    \b
    Example, in two terminals:
      python run.py mail-capture
      HRMS_SMTP_HOST=127.0.0.1 HRMS_SMTP_PORT=1025 HRMS_MAIL_FROM=hrms@localhost python run.py serve
    """
    from aiosmtpd.controller import Controller

    from config import Settings

    settings = Settings.from_environment()
    folder = settings.data_dir / FOLDER
    controller = Controller(Keeper(folder), hostname=host, port=port)
    controller.start()
    click.echo(f"Nhận thư tại {host}:{port}, lưu vào {folder}. Dừng: Ctrl+C.")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        pass
    finally:
        controller.stop()
