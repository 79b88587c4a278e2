"""Evaluation: cycles and who is in them, sheets of persons and collectives, the flow to the filed result.

``workflow`` declares the order of the states, ``guards`` what stands in the way, ``stepping`` takes one step for many
records at once. The rules of a level are in ``policies.evaluation`` and nowhere else.
"""
