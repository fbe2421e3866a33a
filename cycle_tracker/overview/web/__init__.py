"""The pages that gather."""
