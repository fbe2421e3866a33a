"""Runs of jobs, and rows that are written once however many write them."""
