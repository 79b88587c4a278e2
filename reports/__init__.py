"""Documents out: papers, spreadsheets and charts."""
