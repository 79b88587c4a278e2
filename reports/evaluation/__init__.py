"""Papers of evaluation: sheets by regime, remarks, minutes, decisions, notices, lists, answers to petitions."""
