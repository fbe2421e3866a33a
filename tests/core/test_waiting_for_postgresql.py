"""A PostgreSQL that starts again takes no connections for some seconds: who asks for one waits, and not for ever."""

from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from cycle_tracker.core import database
from cycle_tracker.core.database import engine_url, prepare_engine
from tests.support.postgres import free_port


def test_whoever_asks_while_it_starts_again_is_answered(postgres_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_engine(engine_url(postgres_address.format(name="postgres")))
    prepare_engine(engine)
    connect, refused = engine.dialect.connect, [1, 2, 3]

    def starting(*words: Any, **settings: Any) -> Any:
        if refused:
            refused.pop()
            raise psycopg.OperationalError("the database system is starting up")
        return connect(*words, **settings)

    monkeypatch.setattr(engine.dialect, "connect", starting)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    assert not refused
    engine.dispose()


def test_one_that_stays_away_is_waited_for_no_longer_than_the_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BACK_WITHIN_SECONDS", 0.25)
    engine = create_engine(engine_url(f"postgresql://nobody@127.0.0.1:{free_port()}/none"))
    prepare_engine(engine)
    connect, tries = engine.dialect.connect, []

    def counted(*words: Any, **settings: Any) -> Any:
        tries.append(words)
        return connect(*words, **settings)

    monkeypatch.setattr(engine.dialect, "connect", counted)
    with pytest.raises(OperationalError):
        engine.connect()
    assert 2 <= len(tries) <= 4
