"""Which layer answers for a name. Pure functions; nothing is opened here."""
