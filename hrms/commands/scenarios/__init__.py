"""Scenarios over many people: who, when, under which options and values of the law; computed in the background."""
