"""Use cases, one module or package per domain: ``validate()`` collects every fault, ``run()`` is one transaction."""
