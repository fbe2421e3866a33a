"""Why this reader got this email: only what is true of them and of what the email is about."""

from collections.abc import Mapping, Sequence

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.wording import count, listed
from cycle_tracker.reminders.queries.waiting import NoticeLine

PLACES_NAMED = 3
OF_A_PLACE = {
    Audience.LEAD: "you are a planning lead for",
    Audience.CHAIR: "you chair the governance group for",
    Audience.GOVERNANCE: "you are in the governance group for",
}


def reason_words(lines: Sequence[NoticeLine], *, covers: Mapping[int, str], is_contact: bool) -> str:
    """The sentence at the end of the email. `covers` names those whom the reader covers, by their numbers."""
    if is_contact:
        return f"You get this because {_places(lines)} gave us your address."
    own = [line for line in lines if line.user_id not in covers]
    reasons = _reasons(own, len(lines))
    if covers:
        reasons.append(f"you are covering for {listed(sorted(covers.values()))}")
    return f"You get this because {listed(reasons)}."


def _reasons(lines: Sequence[NoticeLine], of: int) -> list[str]:
    of_owner = [line for line in lines if line.audience is Audience.OWNER]
    owned = sum(line.owner_id == line.user_id for line in of_owner)
    unowned = len(of_owner) - owned
    reasons = []
    if owned:
        reasons.append(f"you own {_how_many(owned, of)}")
    for audience, words in OF_A_PLACE.items():
        theirs = [line for line in lines if line.audience is audience]
        if theirs:
            reasons.append(f"{words} {_places(theirs)}")
    if any(line.audience is Audience.NATIONAL for line in lines):
        reasons.append("you are in the Scottish Government escalation group")
    if unowned:
        reasons.append(f"{_how_many(unowned, of)} {'has' if unowned == 1 else 'have'} no owner we can email")
    return reasons


def _how_many(some: int, of: int) -> str:
    if some == of:
        return "this milestone" if of == 1 else "these milestones"
    return f"{some} of these milestones"


def _places(lines: Sequence[NoticeLine]) -> str:
    names = sorted({line.partnership for line in lines})
    return listed(names) if len(names) <= PLACES_NAMED else count(len(names), "partnership")
