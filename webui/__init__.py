"""The page and the HTTP API: `create_app(box)` makes the Flask application of a running box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from gateway.store.file import database
from webui import api
from webui.accounts import sessions, sign_in, tokens, users
from webui.activities import activities
from webui.box import clock, pretend_phone, setup, work
from webui.connections import connections, limits, modems, rules, settings
from webui.health import monitors, state
from webui.keeping import backups, deleted
from webui.messages import compose, drafts, export, live, places, selected
from webui.page import assets, compress, db_connection, errors, formats, once, roles, security
from webui.page.arguments import IdConverter
from webui.people import groups, imports, people_undo
from webui.schedules import scheduled, when_fields

if TYPE_CHECKING:
    from gateway.process.box import Box

MAX_BODY = 512 * 1024  # octets: 20,000 numbers and the longest text fit in


def create_app(box: Box) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.extensions["box"] = box
    with database.connected():
        app.secret_key = box.accounts.signing_key()
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=50,
        SESSION_COOKIE_NAME="pigeonbox_form",
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open all day; the token dies with the session
        WTF_CSRF_SSL_STRICT=False,  # security.py compares Origin, and we send no Referer
    )
    app.url_map.converters["id"] = IdConverter
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    for part in (
        compress,
        errors,
        security,
        roles,
        db_connection,
        assets,
        formats,
        imports,
        when_fields,
        export,
        once,
        places,
        drafts,
        people_undo,
    ):
        part.init_app(app)
    for blueprint in (
        sign_in.blueprint,
        selected.blueprint,  # the inbox and what is done to its messages share it
        compose.blueprint,
        scheduled.blueprint,
        clock.blueprint,
        live.blueprint,
        activities.blueprint,
        work.blueprint,
        deleted.blueprint,
        groups.blueprint,  # people, groups, blocked numbers and imports share it
        monitors.blueprint,
        limits.blueprint,  # the settings' own
        users.blueprint,
        sessions.blueprint,
        tokens.blueprint,
        setup.blueprint,
        api.blueprint,
    ):
        app.register_blueprint(blueprint)
    if box.credit is not None:
        pages = (connections, settings, modems, rules)
        for blueprint in {part.blueprint for part in pages}:  # they share one
            app.register_blueprint(blueprint)
    if box.health is not None:
        app.register_blueprint(state.blueprint)
    if box.keeping is not None:
        backups.init_app(app)
        app.register_blueprint(backups.blueprint)
    if box.phone is not None:
        app.register_blueprint(pretend_phone.blueprint)
    security.csrf.exempt(api.blueprint)
    return app
