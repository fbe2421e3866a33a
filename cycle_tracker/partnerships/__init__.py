"""The partnerships: their bodies from when to when, their names, and the days on which they are closed.

Here live the reads of them alone; setting one up is in `cycles`, its page in `overview`.
It may use `web` and what is below.
`get_partnership` fetches and authorises in one call.
Begin with `queries/partnerships.py` and `queries/bodies.py`.
"""
