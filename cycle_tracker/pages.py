"""What the web app is put together from: every group of pages, in the order of the address map, and the sections of the
page of a milestone, in the order in which they stand on it."""

from flask import Blueprint, Flask

from cycle_tracker.answers.web import section as answers_section
from cycle_tracker.answers.web.routes import bp as answers
from cycle_tracker.cycles.web.joining.closure_days import bp as closure_days
from cycle_tracker.cycles.web.joining.contact import bp as partnership_contact
from cycle_tracker.cycles.web.joining.routes import bp as joining
from cycle_tracker.cycles.web.joining.undoing import bp as undo_opening
from cycle_tracker.cycles.web.local_milestones.routes import bp as local_milestones
from cycle_tracker.cycles.web.routes import bp as cycles
from cycle_tracker.documents.web.approvals.routes import bp as approvals
from cycle_tracker.documents.web.beside_plan import section as beside_plan_section
from cycle_tracker.documents.web.beside_plan.directions import bp as directions
from cycle_tracker.documents.web.beside_plan.disagreements import bp as disagreements
from cycle_tracker.documents.web.beside_plan.own_starts import bp as own_starts
from cycle_tracker.documents.web.completion import section as completion_section
from cycle_tracker.documents.web.date_changes import section as date_changes_section
from cycle_tracker.documents.web.date_changes.routes import bp as date_changes
from cycle_tracker.documents.web.not_required.routes import bp as not_required
from cycle_tracker.documents.web.on_behalf import section as on_behalf_section
from cycle_tracker.documents.web.on_behalf.routes import bp as on_behalf
from cycle_tracker.documents.web.preparations.routes import bp as preparations
from cycle_tracker.documents.web.publications import section as publications_section
from cycle_tracker.documents.web.publications.copies import bp as copies
from cycle_tracker.documents.web.publications.kept_copies import bp as kept_copies
from cycle_tracker.documents.web.publications.routes import bp as publications
from cycle_tracker.documents.web.receipts import section as receipts_section
from cycle_tracker.documents.web.receipts.routes import bp as receipts
from cycle_tracker.documents.web.register.routes import bp as register
from cycle_tracker.documents.web.revisions import section as revisions_section
from cycle_tracker.documents.web.revisions.routes import bp as revisions
from cycle_tracker.feeds.web.routes import bp as calendar_feeds
from cycle_tracker.governance.web.decisions.routes import bp as decisions
from cycle_tracker.governance.web.escalations.routes import bp as escalations
from cycle_tracker.governance.web.groups.routes import bp as groups
from cycle_tracker.governance.web.meetings.routes import bp as meetings
from cycle_tracker.governance.web.raising import section as escalation_section
from cycle_tracker.governance.web.raising.routes import bp as raising
from cycle_tracker.imports.web.history_routes import bp as history
from cycle_tracker.imports.web.routes import bp as imports
from cycle_tracker.milestones.web import newest, sections
from cycle_tracker.milestones.web.changes import section as changes_section
from cycle_tracker.milestones.web.changes.routes import bp as milestone_changes
from cycle_tracker.milestones.web.comments import section as comments_section
from cycle_tracker.milestones.web.comments.routes import bp as comments
from cycle_tracker.milestones.web.contacts import section as contacts_section
from cycle_tracker.milestones.web.contacts.routes import bp as contacts
from cycle_tracker.milestones.web.evidence import section as evidence_section
from cycle_tracker.milestones.web.evidence.routes import bp as evidence
from cycle_tracker.milestones.web.hand_overs import bp as hand_overs
from cycle_tracker.milestones.web.notices import section as notices_section
from cycle_tracker.milestones.web.notices.of_milestone import bp as milestone_notices
from cycle_tracker.milestones.web.sections import SectionOf
from cycle_tracker.national.web.matrix.routes import bp as matrix
from cycle_tracker.national.web.national_group.routes import bp as national_group
from cycle_tracker.national.web.outstanding.routes import bp as outstanding
from cycle_tracker.operations.web.probes.routes import bp as probes
from cycle_tracker.operations.web.service_health.routes import bp as service_health
from cycle_tracker.operations.web.static_pages.routes import bp as static_pages
from cycle_tracker.organisations.web.commencement import bp as commencement
from cycle_tracker.organisations.web.deciding import bp as deciding_organisations
from cycle_tracker.organisations.web.routes import bp as organisations
from cycle_tracker.organisations.web.within import bp as organisations_within
from cycle_tracker.overview.web.bulk_changes.routes import bp as bulk_changes
from cycle_tracker.overview.web.home.routes import bp as home
from cycle_tracker.overview.web.milestone.reading import read_newest
from cycle_tracker.overview.web.milestone.routes import bp as milestones
from cycle_tracker.overview.web.milestone_lists.routes import bp as milestone_lists
from cycle_tracker.overview.web.month_calendars.routes import bp as month_calendars
from cycle_tracker.overview.web.my_work.routes import bp as my_work
from cycle_tracker.overview.web.partnerships.routes import bp as partnerships
from cycle_tracker.overview.web.status_pages.routes import bp as status_pages
from cycle_tracker.people.web.accepting.routes import bp as accepting
from cycle_tracker.people.web.account.codes import bp as codes
from cycle_tracker.people.web.account.routes import bp as account
from cycle_tracker.people.web.delegations.routes import bp as delegations
from cycle_tracker.people.web.invitations import bp as invitations
from cycle_tracker.people.web.posts import bp as posts
from cycle_tracker.people.web.routes import bp as people
from cycle_tracker.people.web.sign_in.by_mail import bp as by_mail
from cycle_tracker.people.web.sign_in.routes import bp as sign_in
from cycle_tracker.people.web.within import bp as people_within
from cycle_tracker.reminders.web.forecasts.routes import bp as forecasts
from cycle_tracker.reminders.web.notices.routes import bp as notices
from cycle_tracker.reminders.web.policies.routes import bp as policies
from cycle_tracker.reminders.web.reminder_stops.routes import bp as reminder_stops
from cycle_tracker.requests.web import section as requests_section
from cycle_tracker.requests.web.routes import bp as update_requests

BLUEPRINTS: tuple[Blueprint, ...] = (
    home,
    status_pages,
    my_work,
    month_calendars,
    milestone_lists,
    bulk_changes,
    cycles,
    local_milestones,
    milestones,
    milestone_changes,
    date_changes,
    contacts,
    evidence,
    comments,
    publications,
    preparations,
    own_starts,
    disagreements,
    directions,
    on_behalf,
    revisions,
    copies,
    kept_copies,
    approvals,
    not_required,
    history,
    imports,
    outstanding,
    update_requests,
    receipts,
    matrix,
    partnerships,
    joining,
    undo_opening,
    closure_days,
    partnership_contact,
    organisations,
    commencement,
    deciding_organisations,
    organisations_within,
    people,
    people_within,
    invitations,
    hand_overs,
    posts,
    groups,
    national_group,
    escalations,
    decisions,
    meetings,
    forecasts,
    notices,
    milestone_notices,
    policies,
    raising,
    service_health,
    register,
    sign_in,
    by_mail,
    accepting,
    answers,
    reminder_stops,
    account,
    delegations,
    calendar_feeds,
    codes,
    static_pages,
    probes,
)

MILESTONE_SECTIONS: tuple[SectionOf, ...] = (
    date_changes_section.section_of,
    completion_section.section_of,
    publications_section.section_of,
    revisions_section.section_of,
    beside_plan_section.section_of,
    on_behalf_section.section_of,
    receipts_section.section_of,
    requests_section.section_of,
    escalation_section.section_of,
    answers_section.section_of,
    contacts_section.section_of,
    changes_section.section_of,
    evidence_section.section_of,
    comments_section.section_of,
    notices_section.section_of,
)


def init_app(app: Flask) -> None:
    """Give the app its pages."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    sections.init_app(app, MILESTONE_SECTIONS)
    newest.init_app(app, read_newest)
