"""The command line of the application: ``python run.py --help``."""

from __future__ import annotations

import click


class Lazy(click.Group):
    """Commands are imported when asked for: ``calc`` must not pay for the web server, nor the other way round."""

    PLACES = {
        "serve": ("hrms.cli.serving", "serve_command"),
        "setup": ("hrms.cli.database", "setup_command"),
        "demo": ("hrms.cli.database", "demo_command"),
        "import": ("hrms.cli.importing", "import_group"),
        "calc": ("hrms.cli.calculation", "calc_command"),
        "rules": ("hrms.cli.rules", "rules_command"),
        "simulate": ("hrms.cli.simulate", "simulate_command"),
        "plan-rotation": ("hrms.cli.planning", "plan_rotation_command"),
        "report": ("hrms.cli.reporting", "report_group"),
        "scheduler": ("hrms.cli.jobs", "scheduler_command"),
        "job": ("hrms.cli.jobs", "job_group"),
        "account": ("hrms.cli.accounts", "account_group"),
        "mail-capture": ("hrms.cli.mail", "mail_capture_command"),
        "backup": ("hrms.cli.backups", "backup_command"),
        "restore": ("hrms.cli.backups", "restore_command"),
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.PLACES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        import importlib

        place = self.PLACES.get(cmd_name)
        if place is None:
            return None
        found = getattr(importlib.import_module(place[0]), place[1])
        assert isinstance(found, click.Command)
        return found


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def cli() -> None:
    """Reorganisation of a public administration and evaluation of its people, under law.

    \b
    First steps:
      python run.py setup            prepare the database
      python run.py demo             fill a demonstration province
      python run.py serve            web server on http://127.0.0.1:8080, scheduler beside it
      python run.py calc case.yaml   compute an entitlement, every đồng explained

    Settings come from the environment (HRMS_...): see config.py and docs/administrator.md.
    """


if __name__ == "__main__":
    cli()
