"""Who leads and takes part in a partnership, and to whom a copy of a document is owed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import contains_eager

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.statements import built_once, columns_of, detached, numbers_of, parts_of, rows_of
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import PartnershipBody
from cycle_tracker.reference.files import read_rows

TAKES_COPIES = frozenset({OrganisationKind.OTHER_SERVICE_PROVIDER, OrganisationKind.INTEGRATION_JOINT_BOARD})
Bodies = Mapping[int | None, list[PartnershipBody]]


def organisations_of(documents: Iterable[Milestone]) -> tuple[Bodies, list[Organisation]]:
    """Every part of an organisation in each partnership, and the national receivers, as `_by_partnership` has them."""
    partnerships = {one.partnership_id for one in documents} - {None}
    rows = db.session.execute(_with_bodies(), {"partnerships": list(partnerships)})
    return _by_partnership((organisation, body) for organisation, body in rows)


def organisations_on_page(document: Milestone) -> tuple[Bodies, list[Organisation]]:
    """The same for the page of one document, which only reads them."""
    rows = rows_of(_columns_with_bodies(), partnerships=[document.partnership_id])
    pairs = [parts_of(row, Organisation, PartnershipBody) for row in rows]
    organisations = {one[0]: detached(Organisation, one) for one, _ in pairs}
    return _by_partnership(
        (organisations[one[0]], detached(PartnershipBody, body, organisation=organisations[one[0]]) if body else None)
        for one, body in pairs
    )


def _by_partnership(
    pairs: Iterable[tuple[Organisation, PartnershipBody | None]],
) -> tuple[Bodies, list[Organisation]]:
    """Every part of an organisation in each partnership, councils before boards, then by name; and the national
    receivers: the Scottish Government, then the other service providers that serve all of Scotland."""
    bodies: dict[int | None, list[PartnershipBody]] = defaultdict(list)
    national: dict[str, Organisation] = {}
    for organisation, body in pairs:
        if body is not None:
            bodies[body.partnership_id].append(body)
        if organisation.kind is OrganisationKind.SCOTTISH_GOVERNMENT or organisation.code in _national_codes():
            national[organisation.code] = organisation
    by_code = [national[code] for code in sorted(national)]
    return bodies, sorted(by_code, key=lambda one: one.kind is not OrganisationKind.SCOTTISH_GOVERNMENT)


@built_once
def _columns_with_bodies() -> Select[*tuple[Any, ...]]:
    return _with_bodies().with_only_columns(*columns_of(Organisation, PartnershipBody))


@built_once
def _with_bodies() -> Select[*tuple[Any, ...]]:
    is_body = and_(
        PartnershipBody.organisation_id == Organisation.id,
        PartnershipBody.partnership_id.in_(numbers_of("partnerships")),
    )
    is_national = or_(
        Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT, Organisation.code.in_(sorted(_national_codes()))
    )
    return (
        select(Organisation, PartnershipBody)
        .outerjoin(PartnershipBody, is_body)
        .where(or_(is_national, PartnershipBody.id.is_not(None)))
        .options(contains_eager(PartnershipBody.organisation))
        .order_by(Organisation.kind, Organisation.name, PartnershipBody.id)
    )


@cache
def _national_codes() -> frozenset[str]:
    return frozenset(row["code"] for row in read_rows("national_bodies"))


def receivers_of(
    document: Milestone, parts: Iterable[PartnershipBody], leads: Collection[Organisation], national: list[Organisation]
) -> list[Organisation]:
    """Of a plan every national receiver and the area's own, such as its integration joint board, unless it leads itself
    (2014 Act, sections 7(1) and 10(7)(a))."""
    if document.kind is not Kind.PLAN:
        return [one for one in national if one.kind is OrganisationKind.SCOTTISH_GOVERNMENT]
    own = [one.organisation for one in parts if one.organisation.kind in TAKES_COPIES]
    return [one for one in dict.fromkeys([*national, *own]) if one not in leads]
