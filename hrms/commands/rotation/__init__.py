"""Rotation, transfer, secondment, periodic change of position: who is due, the plan, the cases and their effects.

Cases (one person's move): ``words`` names and codes · ``kinsfolk`` relatives and their jobs · ``vacancies`` places of a
post on a day · ``checks`` the facts of a case put to ``policies.rotation`` · ``guards`` and ``workflow`` the declared
steps and what stands in their way · ``cases`` open and edit · ``steps`` performing them · ``chains`` moves that take
effect together or not at all · ``effects`` what a decision brings about on its day, ``background`` the job that wakes
it · ``endings`` extension, early end, return, settlement, revocation · ``handover``, ``remarks``, ``queries``.
"""
