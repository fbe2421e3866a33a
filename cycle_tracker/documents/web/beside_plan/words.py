"""What is recorded beside a plan, each in one sentence, for lists of many plans: the register, the matrix."""

from typing import NamedTuple

from cycle_tracker.documents.queries.beside_plan.listed import Beside, BesidePlan
from cycle_tracker.documents.web.beside_plan.presenters import REASONS_MISSING
from cycle_tracker.web.wording import day


class BesideWords(NamedTuple):
    """One record in a sentence, and the address at which it is published, empty if that is not known."""

    words: str
    address: str


def beside_words(one: BesidePlan) -> BesideWords:
    """One record beside a plan: by the name of the body that disagrees, or that was given a direction."""
    on = day(one.on) if one.on else "date not known"
    if one.kind is Beside.OWN_START:
        return BesideWords(f"Late-started plan, own start {on}{'' if one.agreed else ', proposed'}", "")
    if one.kind is Beside.DISAGREEMENT:
        about = f" about {one.subject}" if one.subject else ""
        missing = "" if one.reasons else f". Incomplete: {REASONS_MISSING}"
        return BesideWords(f"Notice of disagreement by {one.body}{about}, {on}{missing}", one.address)
    section = one.section.section if one.section else ""
    return BesideWords(f"Direction under {section} to {one.body}, {on}: {one.subject}", one.address)
