"""Contacts, groups, own fields, blocked numbers, files of contacts."""
