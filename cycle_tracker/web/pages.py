"""Every group of pages, in the order of the address map."""

from flask import Blueprint

from cycle_tracker.web.accepting.routes import bp as accepting
from cycle_tracker.web.account.codes import bp as codes
from cycle_tracker.web.account.routes import bp as account
from cycle_tracker.web.answers.routes import bp as answers
from cycle_tracker.web.approvals.routes import bp as approvals
from cycle_tracker.web.bulk_changes.routes import bp as bulk_changes
from cycle_tracker.web.calendar_feeds.routes import bp as calendar_feeds
from cycle_tracker.web.comments.routes import bp as comments
from cycle_tracker.web.contacts.routes import bp as contacts
from cycle_tracker.web.cycles.routes import bp as cycles
from cycle_tracker.web.date_changes.routes import bp as date_changes
from cycle_tracker.web.delegations.routes import bp as delegations
from cycle_tracker.web.escalations.routes import bp as escalations
from cycle_tracker.web.evidence.routes import bp as evidence
from cycle_tracker.web.forecasts.routes import bp as forecasts
from cycle_tracker.web.groups.routes import bp as groups
from cycle_tracker.web.home.routes import bp as home
from cycle_tracker.web.imports.history_routes import bp as history
from cycle_tracker.web.imports.routes import bp as imports
from cycle_tracker.web.joining.routes import bp as joining
from cycle_tracker.web.ladder.routes import bp as ladder
from cycle_tracker.web.local_milestones.routes import bp as local_milestones
from cycle_tracker.web.matrix.routes import bp as matrix
from cycle_tracker.web.milestone_changes.routes import bp as milestone_changes
from cycle_tracker.web.milestone_lists.routes import bp as milestone_lists
from cycle_tracker.web.milestones.routes import bp as milestones
from cycle_tracker.web.month_calendars.routes import bp as month_calendars
from cycle_tracker.web.my_work.routes import bp as my_work
from cycle_tracker.web.national_group.routes import bp as national_group
from cycle_tracker.web.not_required.routes import bp as not_required
from cycle_tracker.web.notices.of_milestone import bp as milestone_notices
from cycle_tracker.web.notices.routes import bp as notices
from cycle_tracker.web.outstanding.routes import bp as outstanding
from cycle_tracker.web.partnerships.routes import bp as partnerships
from cycle_tracker.web.people.hand_overs import bp as hand_overs
from cycle_tracker.web.people.invitations import bp as invitations
from cycle_tracker.web.people.posts import bp as posts
from cycle_tracker.web.people.routes import bp as people
from cycle_tracker.web.people.within import bp as people_within
from cycle_tracker.web.policies.routes import bp as policies
from cycle_tracker.web.probes.routes import bp as probes
from cycle_tracker.web.publications.routes import bp as publications
from cycle_tracker.web.receipts.routes import bp as receipts
from cycle_tracker.web.register.routes import bp as register
from cycle_tracker.web.reminder_stops.routes import bp as reminder_stops
from cycle_tracker.web.service_health.routes import bp as service_health
from cycle_tracker.web.sign_in.by_mail import bp as by_mail
from cycle_tracker.web.sign_in.routes import bp as sign_in
from cycle_tracker.web.static_pages.routes import bp as static_pages
from cycle_tracker.web.status_pages.routes import bp as status_pages
from cycle_tracker.web.update_requests.routes import bp as update_requests

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
    people,
    people_within,
    invitations,
    hand_overs,
    posts,
    groups,
    national_group,
    escalations,
    forecasts,
    notices,
    milestone_notices,
    policies,
    ladder,
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
