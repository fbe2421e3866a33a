"""The pages: one package for each group of them. Each view declares who may come to it (`access.py`)."""
