"""The measures of the product: each promise about speed and memory beside its baseline, in one run.

`make bench` prints one JSON line for each row; `python -m bench --only P0,P1 --quick` is for whoever is at work on it.
"""
