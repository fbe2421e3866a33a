"""Getting records in: reading a file, saying what it would change, and recording it once that was seen.

`files` and `workbooks` read rows; `milestones` and `history` plan what rows would change and record a plan; `pending`
keeps rows between the two.
"""
