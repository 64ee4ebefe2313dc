"""Which layer answers for a name, what a service gets, what references stand for. Pure functions; nothing is opened here."""
