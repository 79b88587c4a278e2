"""Settings: read from the environment, refused with the name, the value and the remedy; production refuses defaults."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config import DEVELOPMENT_SECRET, SettingError, Settings, problems_in_production
from hrms.app import RefusesToStart, create_app

GOOD = "x" * 16 + "y" * 16


@pytest.fixture
def env(monkeypatch):
    import os

    for name in list(os.environ):
        if name.startswith("HRMS_"):
            monkeypatch.delenv(name)
    return monkeypatch


def test_without_any_setting_it_runs_on_one_office_pc(env):
    settings = Settings.from_environment()
    assert settings.env == "development"
    assert settings.sqlalchemy_url == f"sqlite:///{settings.data_dir / 'hrms.db'}"
    assert settings.timezone == "Asia/Ho_Chi_Minh"
    assert settings.today is None
    assert problems_in_production(settings) == []


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("HRMS_ENV", "staging", "development, test, production"),
        ("HRMS_TIMEZONE", "Asia/Hung_Yen", "múi giờ"),
        ("HRMS_TODAY", "15/06/2025", "YYYY-MM-DD"),
        ("HRMS_TODAY", "20250615", "YYYY-MM-DD"),
        ("HRMS_UPLOAD_MB", "nhiều", "số nguyên"),
        ("HRMS_UPLOAD_MB", "-5", "1 trở lên"),
        ("HRMS_WEB_THREADS", "0", "1 trở lên"),
        ("HRMS_LOG_LEVEL", "ồn ào", "WARNING"),
        ("HRMS_LOGIN_RATE", "thỉnh thoảng", "per minute"),
        ("HRMS_DATABASE_URL", "mysql", "sqlite"),
        ("HRMS_SECURE_COOKIES", "có", "1 hoặc 0"),
    ],
)
def test_a_wrong_value_names_the_setting_the_value_and_the_remedy(env, name, value, told):
    env.setenv(name, value)
    with pytest.raises(SettingError) as error:
        Settings.from_environment()
    assert name in str(error.value)
    assert value in str(error.value)
    assert told in str(error.value)


@pytest.mark.parametrize("url", ["oracle://u:bimat@h/x", "postgresql://u:bimat@h:cong/x"])
def test_a_refused_database_address_does_not_tell_its_password(env, url):
    env.setenv("HRMS_DATABASE_URL", url)
    with pytest.raises(SettingError) as error:
        Settings.from_environment()
    assert "HRMS_DATABASE_URL" in str(error.value)
    assert "bimat" not in str(error.value)


def test_a_data_folder_that_cannot_be_made_refuses_the_start(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RefusesToStart, match="HRMS_DATA_DIR"):
        create_app(Settings(env="test", data_dir=tmp_path / "file" / "var"), web=False)


def test_a_long_idle_session_is_refused_in_production_only():
    good = Settings(env="production", secret_key=GOOD, data_key=GOOD)
    assert problems_in_production(good) == []
    long = Settings(env="production", secret_key=GOOD, data_key=GOOD, session_minutes=16)
    assert any("HRMS_SESSION_MINUTES" in fault for fault in problems_in_production(long))


def test_the_believed_day_is_for_tests_only(env):
    env.setenv("HRMS_TODAY", "2025-06-15")
    assert Settings.from_environment().today == date(2025, 6, 15)
    env.setenv("HRMS_ENV", "production")
    with pytest.raises(SettingError, match="HRMS_TODAY"):
        Settings.from_environment()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u:p@db/hrms", "postgresql+psycopg://u:p@db/hrms"),
        ("postgres://db/hrms", "postgresql+psycopg://db/hrms"),
        ("postgresql+psycopg://db/hrms", "postgresql+psycopg://db/hrms"),
        ("sqlite:////tmp/x.db", "sqlite:////tmp/x.db"),
    ],
)
def test_addresses_of_postgresql_use_the_driver_that_is_locked(given, used):
    assert Settings(database_url=given).sqlalchemy_url == used


@pytest.mark.parametrize(
    ("secret", "key", "faults"),
    [
        (DEVELOPMENT_SECRET, DEVELOPMENT_SECRET, 2),
        (GOOD[:31], GOOD, 1),
        (GOOD, GOOD[:31], 1),
        (GOOD, GOOD, 0),
    ],
)
def test_production_refuses_default_and_short_secrets(tmp_path: Path, secret, key, faults):
    settings = Settings(env="production", secret_key=secret, data_key=key, data_dir=tmp_path)
    assert len(problems_in_production(settings)) == faults
    if faults:
        with pytest.raises(RefusesToStart, match="HRMS_"):
            create_app(settings, web=False)


def test_the_development_secret_is_itself_long_enough_to_fool_a_length_check():
    """The default must be refused for what it is, not for its length."""
    assert len(DEVELOPMENT_SECRET) >= 32


def test_production_sends_cookies_over_tls_only(env):
    env.setenv("HRMS_ENV", "production")
    assert Settings.from_environment().secure_cookies
    env.setenv("HRMS_ENV", "development")
    assert not Settings.from_environment().secure_cookies


def test_the_data_key_falls_back_to_the_secret_and_can_be_set_apart(env):
    env.setenv("HRMS_SECRET_KEY", "s" * 40)
    assert Settings.from_environment().data_key == "s" * 40
    env.setenv("HRMS_DATA_KEY", "d" * 40)
    assert Settings.from_environment().data_key == "d" * 40
