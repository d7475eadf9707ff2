"""Contacts, groups, own fields, blocked numbers, import."""
