"""Papers of a movement case: submission, decision, notice, minutes, hand-over, extension, ending, revocation."""
