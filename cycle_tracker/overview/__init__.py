"""The pages that gather: home, the milestone page, lists, calendars, status."""
