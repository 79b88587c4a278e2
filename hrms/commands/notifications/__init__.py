"""Messages to people: the inbox, e-mail at once or as a daily digest, reminders, and the private calendar feed.

A room that has something to say builds :class:`outbox.Message` rows and gives them to :func:`outbox.send`; a room whose
work has deadlines declares a source (:func:`reminders.source`). Nobody is flooded: one message per person and matter.
"""
