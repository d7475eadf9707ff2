"""Speaking AT, pure: commands, the engine (bytes in, events out), answers, results, profiles.

How a caller drives the engine; `now` is a monotonic clock in seconds:

    engine = Engine()
    port.write(engine.send(commands.csq(), now))
    while True:
        wait for bytes, at most until engine.deadline (None: only bytes matter)
        for event in engine.receive(data, now):      # engine.tick(now) when no bytes came
            Response    the command has ended: event.lines, event.result; the next may be sent
            Prompt      write engine.send_payload(pdu + Ctrl-Z, now, seconds) or abandon(now)
            WriteBytes  write event.data (the engine is getting into step)
            Urc         news; LateResponse: an answer to a command that had timed out
            Restarted   every setting is lost; a pending command has got its Response before
            LoginPrompt no modem is here; Stray: for the log only

One command at a time: send() raises AtBusy while one is pending. After a time-out or abandon() the
engine is `out_of_step` and refuses commands, because the next result could be the last command's:
write engine.resynchronise(now) and go on with the loop until Resynchronised or ResyncFailed.
A TIMEOUT whose lines hold a reference (+CMGS: n without its OK) is an acceptance all the same.

Files, in the order in which a byte travels: framing, classify (urcs, results, codes), engine
(events, resync), answers (identity, network, storage, ussd). What we say: commands, profiles.
"""

from gateway.at import answers, commands
from gateway.at.engine import AtBusy, Engine, NoPrompt
from gateway.at.events import (
    Command,
    Event,
    LateResponse,
    LoginPrompt,
    Prompt,
    Response,
    Restarted,
    ResyncFailed,
    Resynchronised,
    Stray,
    Urc,
    WriteBytes,
)
from gateway.at.profiles import Profile, profile_for
from gateway.at.results import (
    About,
    Explanation,
    Result,
    ResultKind,
    Retry,
    after_pdu,
    before_prompt,
    meaning,
)

__all__ = [
    "About",
    "AtBusy",
    "Command",
    "Engine",
    "Event",
    "Explanation",
    "LateResponse",
    "LoginPrompt",
    "NoPrompt",
    "Profile",
    "Prompt",
    "Response",
    "Restarted",
    "Result",
    "ResultKind",
    "ResyncFailed",
    "Resynchronised",
    "Retry",
    "Stray",
    "Urc",
    "WriteBytes",
    "after_pdu",
    "answers",
    "before_prompt",
    "commands",
    "meaning",
    "profile_for",
]
