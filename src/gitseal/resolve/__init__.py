"""Layers, services and references resolved. Pure functions; nothing is opened here."""
