"""The page and the HTTP API: `create_app(box)` makes the Flask application of a running box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from gateway.store import db
from webui import (
    api,
    assets,
    compress,
    connection,
    drafts,
    errors,
    later,
    once,
    people_undo,
    places,
    roles,
    security,
    words,
)
from webui.arguments import IdConverter
from webui.views import (
    activities,
    auth,
    clock,
    compose,
    connections,
    deleted,
    export,
    groups,
    health,
    imports,
    keeping,
    line_settings,
    live,
    modems,
    phone,
    programs,
    rules,
    scheduled,
    selected,
    sending,
    sessions,
    setup,
    state,
    users,
    work,
)

if TYPE_CHECKING:
    from gateway.box import Box

MAX_BODY = 512 * 1024  # octets: 20,000 numbers and the longest text fit in


def create_app(box: Box) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.extensions["box"] = box
    with db.connected():
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
        connection,
        assets,
        words,
        imports,
        later,
        export,
        once,
        places,
        drafts,
        people_undo,
    ):
        part.init_app(app)
    for blueprint in (
        auth.blueprint,
        selected.blueprint,  # the inbox and what is done to its messages share it
        compose.blueprint,
        scheduled.blueprint,
        clock.blueprint,
        live.blueprint,
        activities.blueprint,
        work.blueprint,
        deleted.blueprint,
        groups.blueprint,  # people, groups, blocked numbers and imports share it
        health.blueprint,
        sending.blueprint,  # the settings' own
        users.blueprint,
        sessions.blueprint,
        programs.blueprint,
        setup.blueprint,
        api.blueprint,
    ):
        app.register_blueprint(blueprint)
    if box.credit is not None:
        pages = (connections, line_settings, modems, rules)
        for blueprint in {part.blueprint for part in pages}:  # they share one
            app.register_blueprint(blueprint)
    if box.health is not None:
        app.register_blueprint(state.blueprint)
    if box.keeping is not None:
        keeping.init_app(app)
        app.register_blueprint(keeping.blueprint)
    if box.phone is not None:
        app.register_blueprint(phone.blueprint)
    security.csrf.exempt(api.blueprint)
    return app
