"""What goes on around the demo's day beside the dates of the cycle, told after the histories of all partnerships."""

from collections.abc import Mapping

from cycle_tracker.cli.demo.acts.meetings import add_meetings, decide_on
from cycle_tracker.cli.demo.acts.papers import WITH_PAPERS, add_papers, publish_for_children, send_copies
from cycle_tracker.cli.demo.acts.questions import ask, ask_and_answer, propose_for_report, propose_for_step
from cycle_tracker.cli.demo.acts.reminding import add_reminding
from cycle_tracker.cli.demo.acts.workaday import WAITS_FOR_A_DATE, add_workaday, open_step
from cycle_tracker.cli.demo.parts import STAR, last_report
from cycle_tracker.cli.demo.people import People
from cycle_tracker.cli.demo.scenes import Scene

ASKED, ANSWERED = "west-dunbartonshire", "dumfries-and-galloway"
PROPOSES = "clackmannanshire"
DECIDES = "inverclyde"


def play_present(scenes: Mapping[str, Scene], people: People) -> None:
    """Approvals and copies, the work of the star's people, meetings, a decision, requests and proposals."""
    for slug in WITH_PAPERS:
        add_papers(scenes[slug])
    for scene in scenes.values():
        send_copies(scene)
        publish_for_children(scene)
    star = scenes[STAR]
    add_workaday(star, people)
    add_meetings(star)
    add_reminding(star, people)
    step = open_step(star, WAITS_FOR_A_DATE)
    if step is not None:
        propose_for_step(step, star)
    for slug, play in (
        (ANSWERED, lambda report, scene: ask_and_answer(report, scene, people.official)),
        (ASKED, lambda report, scene: ask(report, scene, people.official)),
        (PROPOSES, propose_for_report),
        (DECIDES, decide_on),
    ):
        play(last_report(scenes[slug].partnership, scenes[slug].on), scenes[slug])
