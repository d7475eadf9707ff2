"""Contacts, groups and numbers: what is typed, and what files of people say."""
