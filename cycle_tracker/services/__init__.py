"""Changes, one verb for each function. Services take the day, the instant and the actor, and flush; edges commit."""
