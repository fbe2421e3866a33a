"""What is known of the service as a whole, such as that all it holds is a demonstration."""

from sqlalchemy.orm import Mapped, mapped_column

from cycle_tracker.models.base import Base, OneLine


class ServiceSetting(Base):
    """One fact about the service, by its name (`core/demonstration.py`)."""

    __tablename__ = "service_settings"

    name: Mapped[str] = mapped_column(OneLine(60), primary_key=True)
    value: Mapped[str] = mapped_column(OneLine(200))
