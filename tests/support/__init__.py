"""What the tests stand on: databases that are copied instead of rebuilt, builders of small records, a web client."""
