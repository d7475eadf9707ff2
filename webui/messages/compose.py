"""Send SMS and Reply to: a form that keeps what was typed, counts it, and sends once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

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

from gateway import sms
from gateway.services.messages import composition
from gateway.services.messages.accept import FieldError, Refused, new_id
from gateway.services.messages.bulk import Selection
from gateway.services.people import placeholders
from gateway.services.schedules import schedule_people
from gateway.services.schedules.schedules import ScheduleChanged, ScheduleGone
from gateway.store.messages import answers, details, lists
from gateway.store.messages.answers import AnswerInfo
from gateway.store.messages.drafts import TooLarge
from gateway.store.messages.outbox import AnsweredMeanwhile, DuplicateId
from gateway.store.schedules import schedules
from webui.messages import answers as answering
from webui.messages import drafts, message_rows, places
from webui.messages import recipients as choosing
from webui.messages.compose_form import HOME, ComposeForm, ids
from webui.messages.places import ListPlace
from webui.page.arguments import an_id
from webui.page.current import author, box
from webui.page.once import TOKEN
from webui.page.security import kept_message
from webui.schedules import when_fields

blueprint = Blueprint("compose", __name__)
HOURS = (1, 3, 12, 24, 72, 168)  # that a message may wait at most
SHOWN_CULPRITS = 8  # characters named as forcing Unicode


@blueprint.get("/send")
def write() -> BaseResponse | str:
    if changed := an_id(request.args.get("schedule")):
        return page(_scheduled(changed))
    back = ListPlace.of(request.args.get(places.FIELD))
    if draft := an_id(request.args.get("draft")):
        fields = drafts.opened(draft)
        if fields is None:
            g.reason = "This draft is not here any more: it was sent or discarded."
            abort(410)
        return page(ComposeForm.of(fields))
    for name, asked in (("reply", answering.reply), ("forward", answering.forward)):
        if chosen := ids(request.args.get(name, "")):
            try:
                return page(begun(asked(Selection(tuple(chosen))), back))
            except answering.CannotAnswer as e:
                g.reason = str(e)
                abort(409 if lists.rows(chosen) else 404)
    when = when_fields.WhenFields("later" in request.args)
    asked_for = choosing.asked_for(request.args)
    return page(ComposeForm(asked_for, when=when, back=back.packed if back else ""))


def begun(start: answering.ComposeStart, back: ListPlace | None = None) -> ComposeForm:
    return ComposeForm(
        recipients=", ".join(start.numbers),
        text=start.text,
        connection=str(start.connection_id or ""),
        kind=start.title,
        first=str(start.first or ""),
        left_out=start.left_out,
        answers=",".join(map(str, start.answers)),
        back=back.packed if back else "",
    )


@blueprint.post("/send")
def send() -> BaseResponse | str:
    form = _posted()
    action = request.form.get("action", "send")
    if action == "plain":
        form.text = sms.plain(form.text)
    if action == "contacts" or form.after or "drop" in request.form:
        return page(form, choose=action == "contacts" or bool(form.after))
    if action in ("plain", "check"):
        return page(form, _check(form) if action == "check" else ())
    if action == "draft":
        return _keep_draft(form)
    token = form.token
    try:
        if form.when.later:
            there = _keep(form)
            drafts.forget(token)
            return redirect(there, 303)
        message_id, again = _send_once(form)
    except Refused as e:
        return make_response(page(form, e.errors), 400)
    except AnsweredMeanwhile as e:
        return make_response(page(form, meanwhile=e.found), 409)
    drafts.forget(token)
    return redirect(form.place.still().address(queued=message_id, again=again or None), 303)


@blueprint.post("/send/count")
def count() -> Response:
    """For the script: the counter as it would stand on the page, and the text in plain letters."""
    form = _posted()
    if request.form.get("action") == "plain":
        form.text = sms.plain(form.text)
    typing = request.form.get("typing", "").strip()
    who = _recipient_words(form, told="told" in request.form, typing=typing)
    return jsonify(
        count=_count(form), text=form.text, who=who, when=when_fields.first_times_words(form.when)
    )


@blueprint.post("/send/draft")
def keep_draft() -> BaseResponse:
    """For the script: what is written so far. Not what was sent meanwhile by the same form."""
    form = _posted()
    if details.by_client_id(form.identity, most=1) or schedules.by_client_id(form.identity):
        drafts.forget(form.token)
        return make_response("", 204)
    try:
        drafts.keep(form.token, kept_message())
    except TooLarge:
        return make_response("", 413)
    return make_response("", 204)


@blueprint.post("/send/draft/discard")
def discard_draft() -> BaseResponse:
    token = request.form.get("token", "")
    done = drafts.forget(token) if TOKEN.fullmatch(token) else False
    if request.headers.get("X-Requested-By") == "page":
        return make_response("", 204)
    return redirect(HOME.address(said="discard", n=int(done)), 303)


def _keep_draft(form: ComposeForm) -> BaseResponse | str:
    fields = kept_message()
    fields["recipients"] = form.recipients  # with what was ticked
    try:
        drafts.keep(form.token, fields)
    except TooLarge:
        words = "This is too long to be kept as a draft. Send it, or make it shorter."
        return make_response(page(form, [FieldError("text", words)]), 400)
    return redirect(form.place.still().address(said="draft", n=1), 303)


@blueprint.post("/send/contacts")
def contacts() -> str:
    """For the script: people and groups to tick, as the page without script shows them."""
    form = _posted()
    return choosing.section(form.recipients, form.find, form.after)


def _posted() -> ComposeForm:
    form = ComposeForm.of(request.form)
    form.recipients = choosing.with_picks(form.recipients, request.form)
    return form


def _send_once(form: ComposeForm) -> tuple[int, bool]:
    """Store the message. The second post of one form finds what the first one stored.

    A form that was sent, called back and changed in anything is a new message, though its token is
    the old one; so is one whose message was deleted meanwhile.
    """
    try:
        accepted = box().messaging.send(form.draft(), author=author(), origin="page")
        return accepted.message_id, False
    except DuplicateId:
        stored = details.by_client_id(form.identity, most=1)
    if stored and stored.deleted_at is None:
        # Two clicks come within moments; the same text minutes later deserves a word.
        late = box().clock.now() - stored.created_at > 20_000
        return stored.id, late
    form.token = new_id()
    accepted = box().messaging.send(form.draft(), author=author(), origin="page")
    return accepted.message_id, False


def _check(form: ComposeForm) -> list[FieldError]:
    if form.when.later:
        return box().scheduling.check(form.draft(), form.when.typed, form.when.schedule)
    return box().messaging.check(form.draft())


def _keep(form: ComposeForm) -> str:
    """Keep it for later, once however often the form is posted. Where it can be seen."""
    when = form.when
    newer = answers.of(form.answered_ids, after=an_id(form.seen) or 0)
    if (newer := [a for a in newer if a.counts]) and not when.schedule:
        raise AnsweredMeanwhile(newer)
    if when.schedule:
        try:
            kept = box().scheduling.change(
                when.schedule, when.version, form.draft(), when.typed, who=author()
            )
        except ScheduleGone as e:
            raise Refused([FieldError("version", f"Nothing was saved. {e}")]) from e
        except ScheduleChanged as e:
            form.when = replace(when, version=e.version)
            raise
        return url_for("scheduled.index", said="changed", about=kept.id, _anchor=f"s{kept.id}")
    try:
        kept = box().scheduling.add(form.draft(), when.typed, author=author(), origin="page")
    except DuplicateId:
        before = schedules.by_client_id(form.identity)
        if before is None or not box().scheduling.stands(before, form.draft(), when.typed):
            form.token = new_id()
            return _keep(form)
        kept = before
    box().messaging.mark_read(form.answered_ids)
    return url_for("scheduled.index", said="kept", about=kept.id, _anchor=f"s{kept.id}")


def _scheduled(schedule_id: int) -> ComposeForm:
    found = schedules.get(schedule_id)
    if found is None or found.next is None:
        g.reason = "This scheduled message is over: it was sent, missed or cancelled."
        abort(410 if found else 404)
    chosen = found.content.connection_id
    return ComposeForm(
        recipients=schedule_people.as_written(found.content.recipients),
        text=found.content.text,
        connection="" if chosen is None else str(chosen),
        when=when_fields.edited(found),
        answers=",".join(map(str, found.content.answers)),
        flash=found.content.flash,
        valid=str(-(-ttl // 3600)) if (ttl := found.content.ttl_seconds) else "",
    )


def _hours(form: ComposeForm) -> list[int]:
    """What is offered to choose from, what is chosen already among it."""
    chosen = {form.ttl // 3600} if form.ttl else set()
    return sorted({*HOURS, box().sending.valid_hours(), *chosen})


def page(
    form: ComposeForm,
    errors: Iterable[FieldError] = (),
    *,
    choose: bool = False,
    meanwhile: Sequence[AnswerInfo] = (),
) -> str:
    """`meanwhile`: others answered while this was written, and nothing was sent."""
    by_field: dict[str, str] = {}
    earlier = () if meanwhile or not form.answers else answers.of(form.answered_ids)
    if earlier or meanwhile:
        form.seen = str(max(a.id for a in earlier or meanwhile))
    for error in errors:
        by_field[error.field] = f"{by_field.get(error.field, '')} {error.words}".strip()
    return render_template(
        "messages/write.html",
        form=form,
        errors=by_field,
        meanwhile=bool(meanwhile),
        unsaved=request.method == "POST",
        unfinished=drafts.unfinished(but=form.token),
        told=answering.earlier_answers(earlier or meanwhile),
        cancel=url_for("scheduled.index") if form.when.schedule else form.place.address(),
        focus="text" if form.recipients and "recipients" not in by_field else "recipients",
        count=_count(form),
        who=_recipient_words(form, told="recipients" in by_field),
        when=when_fields.section(form.when, by_field),
        choose=choosing.section(form.recipients, form.find, form.after) if choose else "",
        placeholders=placeholders.available(),
        hours=_hours(form),
        usual=box().sending.valid_hours(),
        connections=message_rows.connection_choices(),
    )


def _recipient_words(form: ComposeForm, *, told: bool = False, typing: str = "") -> str:
    """`told`: what is wrong stands beside the field already. `typing`: what is not finished yet."""
    found = box().messaging.addressees(form.recipients, later=form.when.later)
    bad = [one for one in found.bad if one.typed != typing] if not told else []
    return choosing.chips(found, bad)


def _count(form: ComposeForm) -> str:
    found = box().messaging.addressees(form.recipients, later=form.when.later)
    recipients = found.recipients
    worded = box().messaging.word(form.draft(), recipients.numbers)
    counted = sms.count(worded.longest) if form.text else None
    return render_template(
        "messages/_count.html",
        counted=counted,
        unicode=counted is not None and counted.alphabet == sms.Alphabet.UCS2,
        culprits=counted.forced_by[:SHOWN_CULPRITS] if counted else (),
        more=max(0, len(counted.forced_by) - SHOWN_CULPRITS) if counted else 0,
        offered=bool(counted and counted.replacements),
        people=len(recipients.numbers),
        worded=worded,
        unknown=composition.unknown_placeholders(form.text),
    )
