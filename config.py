"""Every setting of the application, in one readable place.

Each setting comes from the environment with the prefix ``HRMS_`` and has a default that is safe for one office PC.
Production (``HRMS_ENV=production``) refuses to start on the defaults that are only good for trying things out:
see :func:`problems_in_production`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROOT = Path(__file__).resolve().parent
DEVELOPMENT_SECRET = "development-only-secret-change-me"  # noqa: S105 - refused in production
DEMO_PASSWORD = "Demo@2025"  # noqa: S105 - demonstration accounts only, refused in production
ENVIRONMENTS = ("development", "test", "production")
DATABASES = ("sqlite", "postgresql", "postgres")
LONGEST_IDLE_MINUTES = 15
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingError(ValueError):
    """A setting has a value the application cannot work with."""


def _text(name: str, default: str) -> str:
    value = os.environ.get(f"HRMS_{name}", "").strip()
    return value or default


def _whole(name: str, default: int, least: int = 1) -> int:
    raw = os.environ.get(f"HRMS_{name}", "").strip()
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise SettingError(f"HRMS_{name}={raw!r}: cần một số nguyên.") from None
    if value < least:
        raise SettingError(f"HRMS_{name}={raw!r}: cần một số nguyên từ {least} trở lên.")
    return value


def _one_of(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = _text(name, default)
    for choice in choices:
        if choice.casefold() == value.casefold():
            return choice
    raise SettingError(f"HRMS_{name}={value!r}: chỉ nhận một trong {', '.join(choices)}.")


def _day(name: str) -> date | None:
    raw = _text(name, "")
    if not raw:
        return None
    try:
        return datetime.strptime(raw, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, no moment
    except ValueError:
        raise SettingError(f"HRMS_{name}={raw!r}: cần ngày có thật dạng YYYY-MM-DD.") from None


def _database_url() -> str:
    """The address as given. A refusal names only its kind: the rest may hold a password."""
    url = _text("DATABASE_URL", "")
    scheme, found, _rest = url.partition("://")
    if url and not (found and scheme.split("+")[0] in DATABASES):
        raise SettingError(
            f"HRMS_DATABASE_URL bắt đầu bằng {scheme[:20]!r}: chỉ nhận sqlite:///… hoặc postgresql://…, "
            "ví dụ postgresql://hrms:matkhau@may-chu/hrms."
        )
    if url:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            make_url(url)
        except (ArgumentError, ValueError):
            example = "postgresql://hrms:matkhau@may-chu:5432/hrms"
            raise SettingError(f"HRMS_DATABASE_URL sai dạng: cần như {example}.") from None
    return url


def _rate(name: str, default: str) -> str:
    from limits import parse_many

    value = _text(name, default)
    try:
        parse_many(value)
    except ValueError:
        raise SettingError(f"HRMS_{name}={value!r}: ghi như “{default}”.") from None
    return value


def _flag(name: str, default: bool) -> bool:
    raw = os.environ.get(f"HRMS_{name}", "").strip().lower()
    if not raw:
        return default
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise SettingError(f"HRMS_{name}={raw!r}: dùng 1 hoặc 0.")


@dataclass(frozen=True)
class Settings:
    """The settings in force. ``Settings.from_environment()`` reads them; tests build their own."""

    env: str = "development"
    secret_key: str = DEVELOPMENT_SECRET
    # Encrypts identity numbers at rest; kept apart from the session secret so that either can be changed alone.
    data_key: str = DEVELOPMENT_SECRET
    data_dir: Path = ROOT / "var"
    database_url: str = ""
    timezone: str = "Asia/Ho_Chi_Minh"
    today: date | None = None  # test only: the day the application believes it is
    demo_password: str = DEMO_PASSWORD
    province_code: str = "HY"  # prefix of unit codes in numbers and papers
    session_minutes: int = 15  # idle time before the session ends (data protection: at most 15)
    lock_after_failures: int = 5
    lock_hours: int = 12
    login_rate: str = "30 per minute"  # failed log-ins from one address: a whole office may share one
    rate_storage: str = "memory://"  # several processes: a storage that all of them share
    upload_mb: int = 25
    import_max_rows: int = 100_000
    secure_cookies: bool = False
    trusted_proxies: int = 0  # how many reverse proxies stand in front and set X-Forwarded-*
    log_level: str = "INFO"
    web_threads: int = 8
    # E-mail. Without a server nothing is sent; messages wait in the inbox of the application.
    base_url: str = ""  # how people reach the application: the beginning of every link in an e-mail
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_tls: str = "none"  # none | starttls | ssl
    mail_from: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the environment. Raises :class:`SettingError` naming the variable, its value and the remedy."""
        env = _one_of("ENV", "development", ENVIRONMENTS)
        timezone = _text("TIMEZONE", cls.timezone)
        try:
            ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise SettingError(f"HRMS_TIMEZONE={timezone!r}: không có múi giờ này.") from None
        today = _day("TODAY")
        if today is not None and env == "production":
            raise SettingError("HRMS_TODAY chỉ dùng để kiểm thử, không dùng khi HRMS_ENV=production.")
        data_dir = Path(_text("DATA_DIR", str(cls.data_dir))).expanduser().resolve()
        secret = _text("SECRET_KEY", DEVELOPMENT_SECRET)
        return cls(
            env=env,
            secret_key=secret,
            data_key=_text("DATA_KEY", secret),
            data_dir=data_dir,
            database_url=_database_url(),
            timezone=timezone,
            today=today,
            demo_password=_text("DEMO_PASSWORD", DEMO_PASSWORD),
            province_code=_text("PROVINCE_CODE", cls.province_code),
            session_minutes=_whole("SESSION_MINUTES", cls.session_minutes),
            lock_after_failures=_whole("LOCK_AFTER_FAILURES", cls.lock_after_failures),
            lock_hours=_whole("LOCK_HOURS", cls.lock_hours),
            login_rate=_rate("LOGIN_RATE", cls.login_rate),
            rate_storage=_text("RATE_STORAGE", cls.rate_storage),
            upload_mb=_whole("UPLOAD_MB", cls.upload_mb),
            import_max_rows=_whole("IMPORT_MAX_ROWS", cls.import_max_rows),
            secure_cookies=_flag("SECURE_COOKIES", env == "production"),
            trusted_proxies=_whole("TRUSTED_PROXIES", cls.trusted_proxies, least=0),
            log_level=_one_of("LOG_LEVEL", cls.log_level, LOG_LEVELS),
            web_threads=_whole("WEB_THREADS", cls.web_threads),
            base_url=_text("BASE_URL", "").rstrip("/"),
            smtp_host=_text("SMTP_HOST", ""),
            smtp_port=_whole("SMTP_PORT", cls.smtp_port),
            smtp_user=_text("SMTP_USER", ""),
            smtp_password=_text("SMTP_PASSWORD", ""),
            smtp_tls=_one_of("SMTP_TLS", cls.smtp_tls, ("none", "starttls", "ssl")),
            mail_from=_text("MAIL_FROM", ""),
        )

    @property
    def sqlalchemy_url(self) -> str:
        """The database address; the embedded SQLite file under the data directory when none is set."""
        url = self.database_url or f"sqlite:///{self.data_dir / 'hrms.db'}"
        # A plain postgresql:// would ask for a driver that is not installed: psycopg 3 is the one that is locked.
        scheme = urlsplit(url).scheme
        if scheme in {"postgres", "postgresql"}:
            url = "postgresql+psycopg" + url[len(scheme):]
        return url

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    @property
    def files_dir(self) -> Path:
        """Where uploaded files lie, by content hash: outside every folder that is served."""
        return self.data_dir / "files"

    @property
    def work_dir(self) -> Path:
        """Results of background jobs waiting for their owner to download them."""
        return self.data_dir / "work"


def problems_in_production(settings: Settings) -> list[str]:
    """Why a production start must be refused: one Vietnamese sentence per fault, empty when all is well."""
    if not settings.is_production:
        return []
    faults: list[str] = []
    if settings.session_minutes > LONGEST_IDLE_MINUTES:
        faults.append(
            f"HRMS_SESSION_MINUTES={settings.session_minutes}: phiên làm việc để không chỉ được giữ tối đa "
            f"{LONGEST_IDLE_MINUTES} phút."
        )
    if settings.secret_key == DEVELOPMENT_SECRET or len(settings.secret_key) < 32:
        faults.append(
            "HRMS_SECRET_KEY còn là giá trị mặc định hoặc ngắn hơn 32 ký tự: đặt một chuỗi ngẫu nhiên, ví dụ "
            "python -c \"import secrets; print(secrets.token_urlsafe(48))\"."
        )
    if settings.data_key == DEVELOPMENT_SECRET or len(settings.data_key) < 32:
        faults.append(
            "HRMS_DATA_KEY (khóa mã hóa số định danh) chưa đặt hoặc ngắn hơn 32 ký tự: đặt một chuỗi ngẫu nhiên riêng."
        )
    return faults
