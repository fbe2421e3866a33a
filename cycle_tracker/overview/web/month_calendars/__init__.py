"""A month of due dates, week by week: of a partnership, and of a person over all their partnerships."""
