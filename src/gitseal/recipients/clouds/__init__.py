"""Unwrapping by a key service: one file a provider, with nothing in it but how that service is asked.

Recognising a recipient loads `locators` alone. A provider's file is imported when a stanza for a key of its own is unwrapped,
or when its public half is fetched.
"""
