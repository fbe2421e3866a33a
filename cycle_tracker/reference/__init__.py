"""The facts of the field that ship with the service: bodies, partnerships, criteria and the cycle templates."""
