"""Reference data of the field: the review criteria and the reports that a plan should line up with. And what is known
of the service as a whole, such as that all it holds is a demonstration."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from cycle_tracker.models.base import Base, OneLine


class Criterion(Base):
    """One of the 16 rows on which a plan is reviewed (15 numbers, the sixth in two parts), with the national counts
    of plans that met it fully, partly and not; None where the figure was not seen."""

    __tablename__ = "criteria"

    number: Mapped[str] = mapped_column(OneLine(4), primary_key=True)
    position: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(OneLine(120))
    asks: Mapped[str] = mapped_column(Text)
    fully_2023_26: Mapped[int | None]
    partly_2023_26: Mapped[int | None]
    not_2023_26: Mapped[int | None]
    fully_2020_23: Mapped[int | None]
    partly_2020_23: Mapped[int | None]
    not_2020_23: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")


class AlignedReport(Base):
    """Another plan or report that the same bodies owe, with its rule. Months and days are `MM-DD`."""

    __tablename__ = "aligned_reports"

    name: Mapped[str] = mapped_column(OneLine(200), primary_key=True)
    statute: Mapped[str] = mapped_column(OneLine(300))
    frequency: Mapped[str] = mapped_column(OneLine(120))
    due_rule: Mapped[str] = mapped_column(Text)
    prepared_by: Mapped[str] = mapped_column(OneLine(200))
    goes_to: Mapped[str] = mapped_column(OneLine(300))
    period_end: Mapped[str] = mapped_column(OneLine(5), default="")
    expected_by: Mapped[str] = mapped_column(OneLine(5), default="")
    marking: Mapped[str] = mapped_column(OneLine(200), default="")


class ServiceSetting(Base):
    """One fact about the service, by its name: `mail/services/demonstration.py`, `cli/demo/emails.py` and
    `operations/services/settings_in_use.py` say which there are."""

    __tablename__ = "service_settings"

    name: Mapped[str] = mapped_column(OneLine(60), primary_key=True)
    value: Mapped[str] = mapped_column(OneLine(200))
