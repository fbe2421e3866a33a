"""What emails about dates say: digests, their subjects and reasons, answers, and escalations."""
