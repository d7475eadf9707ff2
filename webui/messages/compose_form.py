"""The fields of Send SMS, as they were typed."""

from __future__ import annotations

from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from gateway.services.messages.accept import WrittenMessage, new_id, tidy
from webui.messages import answers as answering
from webui.messages import places
from webui.messages import recipients as choosing
from webui.messages.places import ListPlace
from webui.messages.view_names import VIEWS
from webui.page.arguments import a_number, an_id
from webui.page.once import TOKEN, id_of
from webui.schedules import when_fields

HOME = ListPlace(VIEWS["all"])
NO_CONNECTION = -1  # an id that none has
KINDS = ("Reply to", "Forward")
LONGEST_NOTE = 2000
MOST_IDS = 200


@dataclass(slots=True)
class ComposeForm:
    """What is in the fields. `token` makes one form one message, however often it is posted."""

    recipients: str = ""
    text: str = ""
    connection: str = ""  # "" = the routing rules decide
    token: str = field(default_factory=new_id)
    kind: str = ""  # "Reply to" | "Forward"
    first: str = ""  # the connection to offer first: the one that it came in on
    left_out: str = ""  # who cannot be answered, in words
    when: when_fields.WhenFields = field(default_factory=when_fields.WhenFields)
    find: str = ""  # in the list of all contacts
    after: str = ""  # the key of the last one above
    answers: str = ""  # "3,1": ids of the received messages that it answers
    seen: str = ""  # the newest answer to them that the writer has been told of
    back: str = ""  # where in the inbox the writer comes from (webui.messages.places)
    flash: bool = False
    valid: str = ""  # hours that it waits at most; "" = as set for the box

    @classmethod
    def of(cls, form: MultiDict[str, str]) -> ComposeForm:
        token = form.get("token", "")
        return cls(
            recipients=form.get("recipients", ""),
            text=tidy(form.get("text", "")),
            connection=form.get("connection", ""),
            token=token if TOKEN.fullmatch(token) else new_id(),
            kind=form.get("kind", "") if form.get("kind") in KINDS else "",
            first=form.get("first", ""),
            left_out=form.get("left_out", "")[:LONGEST_NOTE],
            when=when_fields.posted(form),
            find=form.get("find", "")[:100].strip(),
            after=form.get("after", ""),
            answers=",".join(map(str, ids(form.get("answers", ""), answering.MOST_ANSWERED))),
            seen=str(an_id(form.get("seen")) or ""),
            back=form.get("back", "")[: places.MOST],
            flash=bool(form.get("flash")),
            valid=form.get("valid", "").strip()[:9],
        )

    @property
    def identity(self) -> str:
        """The id that this form, with exactly this in it, is stored under."""
        typed = self.when.typed
        once = ("once", "", (), "") if typed.unit == "once" else ()
        return id_of(
            self.token,
            choosing.entries(self.recipients),
            *(self.text, self.connection, self.flash, self.ttl),
            self.when.later
            and (
                typed.date,
                typed.time,
                *(once or (typed.unit, typed.every, typed.weekdays, typed.until)),
            ),
        )

    def draft(self) -> WrittenMessage:
        chosen = (an_id(self.connection) or NO_CONNECTION) if self.connection else None
        return WrittenMessage(
            recipients=self.recipients,
            text=self.text,
            connection_id=chosen,
            client_id=self.identity,
            fill=True,
            flash=self.flash,
            ttl_seconds=self.ttl,
            answers=self.answered_ids,
            answers_seen=an_id(self.seen) or 0,
        )

    @property
    def answered_ids(self) -> list[int]:
        return ids(self.answers, answering.MOST_ANSWERED)

    @property
    def place(self) -> ListPlace:
        return ListPlace.of(self.back) or HOME

    @property
    def ttl(self) -> int | None:
        """Seconds; 0, which is refused, for what is no number of hours."""
        if not self.valid:
            return None
        return (a_number(self.valid) or 0) * 3600


def ids(text: str, most: int = MOST_IDS) -> list[int]:
    """ "3,1,2" in the address."""
    return [i for one in text.split(",")[:most] if (i := an_id(one))]
