"""Reads, one module for each thing that is read. Every list has an order; what is loaded with it is decided here."""
