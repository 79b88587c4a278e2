"""The downsizing case: from one person's request to the payment, and the rounds (đợt) that gather many cases.

``words`` names and codes · ``requests`` what a case asks for, and its checks · ``cases`` open, edit, correct, amend ·
``review`` the unit's meeting and the three-year assessment · ``dossier`` checklist and files · ``calculation`` the
entitlement of a case, frozen on decision · ``comparison`` two calculations line by line · ``funding`` who pays ·
``guards`` and ``workflow`` the declared steps and what stands in their way · ``steps`` performing them, finance's
endorsement and remarks · ``batches``, ``acts``, ``papers`` · ``queries`` lists, the work queue and totals.
"""
