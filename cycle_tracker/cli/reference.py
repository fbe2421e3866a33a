"""`flask load-reference`: the facts of the field."""

import click
from flask.cli import with_appcontext

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.cycles.services.core_documents import add_core_documents
from cycle_tracker.cycles.services.loading import Loaded
from cycle_tracker.cycles.services.reference import load_reference


@click.command("load-reference")
@with_appcontext
def load_reference_command() -> None:
    """Load partnerships, bodies, criteria, cycle templates, and the core documents. It is safe to run again."""
    counts = load_reference(clock.now())
    core = add_core_documents(clock.today(), clock.now())
    counts["plans and annual reports"] = Loaded(total=core.total, new=core.documents)
    db.session.commit()
    if any(loaded.new or loaded.changed for loaded in counts.values()):
        click.echo(f"Loaded the reference data ({_in_words(counts)}).")
    else:
        click.echo(f"The reference data is already loaded ({_in_words(counts)}). Nothing was changed.")


def _in_words(counts: dict[str, Loaded]) -> str:
    return ", ".join(f"{loaded.total} {name}{_changes(loaded)}" for name, loaded in counts.items())


def _changes(loaded: Loaded) -> str:
    counted = ((loaded.new, "new"), (loaded.changed, "changed"), (loaded.kept, "left because a person changed them"))
    changes = [f"{count} {word}" for count, word in counted if count]
    return f" ({', '.join(changes)})" if changes else ""
