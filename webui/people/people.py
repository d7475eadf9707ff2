"""People: the list with its search, a contact with all that was said, and what is done to several.

Groups, blocked numbers and imports have modules of their own and share this blueprint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.people import addressees
from gateway.services.people import export as exporting
from gateway.services.people.people import TypedContact
from gateway.store.people import blocked, groups, people
from gateway.store.people.people import ContactFilter, ContactInfo
from gateway.text import plural
from gateway.text.refusal import FieldError, Refused
from webui.messages import message_rows
from webui.messages.view_names import VIEWS
from webui.page import notices
from webui.page.arguments import an_id
from webui.page.current import author, box
from webui.page.formats import phone, shortened
from webui.page.once import once
from webui.people import people_undo

blueprint = Blueprint("people", __name__)
PAGE = 50
SAID = 25  # messages on a contact's page
SUGGESTED = 8
MOST_TICKED = 20_000
MOST_NAMED = 200


# the list ---------------------------------------------------------------------------------------


@blueprint.get("/people")
def index() -> str:
    wanted = wanted_from(request.args)
    found = people.page(wanted, _after(request.args.get("after", "")), PAGE + 1)
    shown = found[:PAGE]
    return render_template(
        "people/people.html",
        wanted=wanted,
        rows=[contact for _, contact in shown],
        total=people.count(wanted),
        groups=groups.groups(),
        after=request.args.get("after"),
        more=_key(shown[-1]) if len(found) > PAGE else None,
        done=notices.people_notice(request.args),
        undo=people_undo.undo_token(request.args.get("undo", "")),
    )


def wanted_from(args: Mapping[str, str]) -> ContactFilter:
    return ContactFilter(
        find=args.get("find", "")[:100].strip(),
        group_id=an_id(args.get("group")),
        blocked=bool(args.get("blocked")),
    )


def _after(text: str) -> tuple[str, int] | None:
    contact_id, _, sort = text.partition("-")
    number = an_id(contact_id)
    return (sort, number) if number else None


def _key(row: tuple[tuple[str, int], ContactInfo]) -> str:
    (sort, contact_id), _ = row
    return f"{contact_id}-{sort}"


@blueprint.post("/people/several")
def several() -> BaseResponse | str:
    """What is done to the ticked ones, or to all that match."""
    ids = _ticked()
    action = request.form.get("action", "")
    group_id = an_id(request.form.get("to"))
    if action == "restore":
        gone = people_undo.take(request.form.get("undo", ""))
        g.row = gone[0].row[0] if gone else 0
        return _back("restore", n=box().people.put_back(gone, author()))
    if not ids:
        return _back("nobody")
    g.row = _neighbour(ids, stays=action != "delete")
    if action in ("join", "leave"):
        group = groups.get(group_id) if group_id else None
        if group is None:
            return _back("no group")
        change = box().people.join if action == "join" else box().people.leave
        return _back(action, n=change(group.id, ids), to=group.id)
    if action == "send":
        return _send_to(ids)
    if action == "delete" and request.form.get("confirmed"):
        undo = people_undo.before_deleting(ids)
        return _back("delete", n=box().people.delete(ids, author()), undo=undo)
    if action != "delete":
        abort(400)
    back = _list_of(request.form)
    return render_template(
        "people/people_delete.html",
        most_undone=people_undo.MOST,
        ids=ids,
        form=request.form,
        back=back,
    )


def _ticked() -> list[int]:
    if request.form.get("all"):
        return people.ids(wanted_from(request.form))
    return [i for text in request.form.getlist("id")[:MOST_TICKED] if (i := an_id(text))]


def _send_to(ids: list[int]) -> BaseResponse | str:
    from webui.messages import compose
    from webui.messages.compose_form import ComposeForm

    found = [c for c in people.by_ids(ids) if c.number]
    if not found:
        return _back("no number")
    named = len(found) <= MOST_NAMED  # with their names thousands would not fit into a form
    said = [addressees.written_person(c) if named else c.number for c in found]
    return compose.page(ComposeForm(recipients=", ".join(said)))


def _list_of(form: Mapping[str, str]) -> str:
    kept = {k: form[k] for k in ("find", "group", "blocked", "after") if form.get(k)}
    return url_for("people.index", **kept)  # type: ignore[arg-type]


def _back(done: str, **more: int | str) -> BaseResponse:
    here = _list_of(request.form)
    said = urlencode({"done": done, **more})
    row = f"#p{g.row}" if g.get("row") else ""
    return redirect(f"{here}{'&' if '?' in here else '?'}{said}{row}", 303)


def _neighbour(ids: list[int], *, stays: bool) -> int:
    """The last of these on the page they were ticked on; of those that go, the one beside it."""
    found = people.page(wanted_from(request.form), _after(request.form.get("after", "")), PAGE)
    shown, chosen = [contact.id for _, contact in found], set(ids)
    last = max((n for n, i in enumerate(shown) if i in chosen), default=-1)
    if last < 0 or stays:
        return shown[last] if last >= 0 else 0
    beside = [*shown[last + 1 :], *reversed(shown[:last])]
    return next((i for i in beside if i not in chosen), 0)


# one contact ------------------------------------------------------------------------------------


@blueprint.get("/people/new")
def new() -> str:
    number = request.args.get("number", "")[:40]
    return contact_page(ContactInfo("", number), group_ids=_ids(request.args.getlist("group")))


@blueprint.post("/people/new")
@once
def add() -> BaseResponse | str:
    entered, group_ids = _entered()
    try:
        contact_id = box().people.add(entered, group_ids)
    except Refused as e:
        return make_response(contact_page(_as_typed(0, entered), e.errors, group_ids), 400)
    box().people.set_always(contact_id, "always" in request.form, author())
    return redirect(url_for("people.contact", contact_id=contact_id, saved=1), 303)


@blueprint.get("/people/with/<number>")
def with_number(number: str) -> BaseResponse:
    """The contact of a number, or the form for a new one."""
    found = people.by_number(box().people.key(number))
    if found is None:
        return redirect(url_for("people.new", number=number))
    return redirect(url_for("people.contact", contact_id=found.id))


@blueprint.get("/people/<id:contact_id>")
def contact(contact_id: int) -> str:
    found = people.get(contact_id)
    if found is None:
        abort(404)
    return contact_page(found, before=an_id(request.args.get("before")))


@blueprint.post("/people/<id:contact_id>")
def save(contact_id: int) -> BaseResponse | str:
    entered, group_ids = _entered()
    try:
        if not box().people.save(contact_id, entered, group_ids):
            g.reason = "This contact has been deleted meanwhile."
            abort(404)
    except Refused as e:
        return make_response(contact_page(_as_typed(contact_id, entered), e.errors, group_ids), 400)
    box().people.set_always(contact_id, "always" in request.form, author())
    return redirect(url_for("people.contact", contact_id=contact_id, saved=1), 303)


@blueprint.post("/people/<id:contact_id>/block")
def block(contact_id: int) -> BaseResponse:
    found = people.get(contact_id)
    if found is None or not found.number:
        abort(404)
    if request.form.get("block"):
        box().people.block(found.number, author())
    else:
        box().people.free(found.number, author())
    return redirect(url_for("people.contact", contact_id=contact_id), 303)


def _entered() -> tuple[TypedContact, list[int]]:
    form = request.form
    values = {f.id: form.get(f"field-{f.id}", "") for f in groups.fields()}
    entered = TypedContact(
        form.get("name", ""), form.get("number", ""), form.get("notes", ""), values
    )
    return entered, _ids(form.getlist("group"))


def _ids(given: Iterable[str]) -> list[int]:
    return [i for text in given if (i := an_id(text))]


def _as_typed(contact_id: int, entered: TypedContact) -> ContactInfo:
    always = "always" in request.form
    return ContactInfo(
        entered.name, entered.number, entered.notes, entered.fields, contact_id, always=always
    )


def contact_page(
    shown: ContactInfo,
    errors: Iterable[FieldError] = (),
    group_ids: Iterable[int] | None = None,
    before: int | None = None,
) -> str:
    stored = people.get(shown.id) if shown.id else None
    number = stored.number if stored else ""
    forms = box().people.forms(number)
    ids = people.history(forms, before, SAID + 1)
    everything = groups.groups()
    member = (
        set(group_ids)
        if group_ids is not None
        else {group.id for group in everything if group.name in shown.groups}
    )
    return render_template(
        "people/contact.html",
        contact=shown,
        stored=stored,
        errors={e.field: e.words for e in errors},
        fields=groups.fields(),
        groups=everything,
        member=member,
        block=blocked.get(number) if number else None,
        said=_messages_of(forms, ids[:SAID]),
        older=ids[SAID - 1] if len(ids) > SAID else None,
        before=before,
        saved=request.args.get("saved"),
    )


def _messages_of(numbers: tuple[str, ...], ids: list[int]) -> list[message_rows.RowView]:
    """In the words that this person got."""
    own = people.own_texts(numbers, ids)
    rows = message_rows.rows(VIEWS["all"], ids)
    return [replace(row, words=shortened(own[row.id])) if row.id in own else row for row in rows]


# files and suggestions --------------------------------------------------------------------------


@blueprint.get("/people/export.<any(csv, vcf):kind>")
def export(kind: str) -> Response:
    """Everybody, or those that the list shows."""
    pieces = exporting.csv if kind == "csv" else exporting.cards
    wanted = wanted_from(request.args)
    exporting.note(wanted, box().clock.now(), author())
    content = "".join(pieces(wanted))
    response = make_response(content)
    response.mimetype = "text/csv" if kind == "csv" else "text/vcard"
    response.headers["Content-Disposition"] = f'attachment; filename="people.{kind}"'
    return response


@blueprint.get("/people/suggest")
def suggest() -> Response:
    """For the script: groups and people that begin like what is typed, and what to write."""
    typed = request.args.get("q", "")[:60]
    folded = people.fold(typed)
    if not folded:
        return jsonify([])
    found = [
        {"write": one.name, "name": one.name, "about": f"group, {plural.people(one.people)}"}
        for one in groups.groups()
        if any(part.startswith(folded) for part in _tails(people.fold(one.name)))
    ][:SUGGESTED]
    found += [
        {
            "write": addressees.written_person(c),
            "name": c.shown,
            "about": phone(c.number) + (", blocked" if c.blocked else ""),
        }
        for c in people.suggest(typed, SUGGESTED)
    ]
    return jsonify(found)


def _tails(folded: str) -> list[str]:
    """ "red cross kisumu" -> it, "cross kisumu", "kisumu"."""
    parts = folded.split()
    return [" ".join(parts[i:]) for i in range(len(parts))]
