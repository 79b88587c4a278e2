"""HRMS: reorganisation of a public administration and evaluation of its people, under law."""
