"""Reading the files beside this module, from wherever the service is started. Nothing is looked up in a database."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
# What parts the names, and the codes, of several councils.
SEVERAL = ";"


@dataclass(frozen=True)
class Body:
    """A council, health board or integration joint board, by its official code."""

    code: str
    name: str


@dataclass(frozen=True)
class PartnershipRow:
    """One partnership with its lead bodies, and its web address and public mailbox where they are known."""

    slug: str
    name: str
    other_names: str
    web_address: str
    mailbox: str
    councils: tuple[Body, ...]
    health_boards: tuple[Body, ...]


@dataclass(frozen=True)
class ProviderRow:
    """An integration joint board in one partnership, from when to when it is one of its other service providers."""

    body: Body
    slug: str
    from_on: date
    to_on: date | None


def read_integration_joint_boards() -> list[ProviderRow]:
    """The 30 integration joint boards, in each partnership that lies in their area. Highland has none; Tayside has
    three; Clackmannanshire and Stirling share one."""
    return [
        ProviderRow(
            body=Body(row["code"], row["name"]),
            slug=slug,
            from_on=date.fromisoformat(row["from_on"]),
            to_on=date.fromisoformat(row["to_on"]) if row["to_on"] else None,
        )
        for row in read_rows("integration_joint_boards")
        for slug in row["partnerships"].split(SEVERAL)
    ]


def read_partnerships() -> list[PartnershipRow]:
    """The 30 partnerships, with the councils and health boards that lead each."""
    return [
        PartnershipRow(
            slug=row["slug"],
            name=row["name"],
            other_names=row["other_names"],
            web_address=row["web_address"],
            mailbox=row["mailbox"],
            councils=_bodies(row["council_codes"], row["council_names"]),
            health_boards=_bodies(row["health_board_codes"], row["health_board_names"]),
        )
        for row in read_rows("partnerships")
    ]


def read_rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the CSV files, by the names of their columns."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _bodies(codes: str, names: str) -> tuple[Body, ...]:
    return tuple(Body(code, name) for code, name in zip(codes.split(SEVERAL), names.split(SEVERAL), strict=True))
