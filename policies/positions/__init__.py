"""Job positions and leadership posts: how many deputies a body may have, and until when surplus ones may stay."""

from policies.positions.deputies import DeputiesAllowed, deputies_allowed, surplus_deadline

__all__ = ["DeputiesAllowed", "deputies_allowed", "surplus_deadline"]
