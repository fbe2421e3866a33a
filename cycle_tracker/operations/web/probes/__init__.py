"""Answers for the machines that watch the service."""
