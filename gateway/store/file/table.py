"""What every table has in common."""

from __future__ import annotations

from peewee import AutoField, Model

from gateway.store.file.db import database


class Base(Model):
    id: AutoField  # peewee makes it, unless the model names another primary key

    class Meta:
        database = database
        legacy_table_names = False
