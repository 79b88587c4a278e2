"""Machinery shared by every decree: money, dates, dated parameters, dated rules, traces and cases.

Nothing in here knows a legal number; numbers live in the ``parameters.yaml`` of each decree.
"""
