"""USSD: the job played by hand, and on simulated modems with every fault that they know."""

from __future__ import annotations

import pytest

from gateway.at import Command, Response, Result, Urc, profile_for
from gateway.decisions.ussd_text import UssdForm
from gateway.modem.jobs import ussd
from gateway.modem.jobs.base import Await, Context, LinkLost
from gateway.modem.jobs.ussd import UssdReply
from hw.simulator import PERSONALITIES
from tests.modem.conftest import ready, until, work

OK, ERROR = Result("OK"), Result("ERROR")
OPEN = '+CUSD: 1,"1 Balance\n2 Offers",15'


class Modem:
    """Answers a job by a table: command -> results in turn, and what it says by itself."""

    def __init__(self, results: dict[str, list[Result]], said: list[str | None]) -> None:
        self.results, self.said, self.asked = results, said, []
        self.waited: list[float] = []

    def run(self, job):
        reply = None
        while True:
            try:
                request = job.send(reply)
            except StopIteration as end:
                return end.value
            reply = self._reply(request)

    def _reply(self, request):
        if isinstance(request, Command):
            self.asked.append(request.text)
            left = self.results.get(request.text, [])
            return Response(request, (), left.pop(0) if left else OK)
        assert isinstance(request, Await)
        if request.seconds in (0, ussd.SETTLE) or not self.said:
            return None
        self.waited.append(request.seconds)
        line = self.said.pop(0)
        return Urc(line.partition(":")[0], line) if line else None


def ask(said, results=None, text="*100#", **options) -> tuple[UssdReply, Modem]:
    modem = Modem(results or {}, said)
    context = Context("port", None, profile_for("", ""))
    return modem.run(ussd.request(context, text, **options)), modem


def test_what_cannot_wait_ends_the_wait_and_closes_the_session():
    modem = Modem({}, [None])
    context = Context("port", None, profile_for("", ""))
    urgent = [False, True]  # not when it is asked, but while it waits
    context.urgent = lambda: urgent.pop(0) if len(urgent) > 1 else urgent[0]
    reply = modem.run(ussd.request(context, "*100#"))
    assert (reply.interrupted, reply.text) == (True, "")
    assert modem.asked == ['AT+CUSD=1,"*100#",15', "AT+CUSD=2"]
    assert context.ussd_cut_off


def test_an_answer_that_has_begun_is_read_to_its_end():
    modem = Modem({}, ['+CUSD: 0,"Balance 5.00 EUR",15'])
    context = Context("port", None, profile_for("", ""))
    context.urgent = lambda: not modem.said
    assert modem.run(ussd.request(context, "*100#")).text == "Balance 5.00 EUR"


def test_the_usual_order_gives_the_answer():
    reply, modem = ask(['+CUSD: 0,"Balance 5.00 EUR",15'])
    assert reply == UssdReply("Balance 5.00 EUR", "Balance 5.00 EUR", form=UssdForm.PLAIN)
    assert modem.asked == ['AT+CUSD=1,"*100#",15']
    assert modem.waited == [60.0]


def test_an_answer_without_any_ok_counts():
    late = {'AT+CUSD=1,"*100#",15': [Result("TIMEOUT")]}
    reply, _ = ask(['+CUSD: 0,"Balance 5.00 EUR",15'], late)
    assert reply.text == "Balance 5.00 EUR"


def test_an_ok_without_any_answer_is_cancelled_and_said():
    reply, modem = ask([None])
    assert reply.words == ussd.NO_ANSWER
    assert not reply.text
    assert modem.asked[-1] == "AT+CUSD=2"


@pytest.mark.parametrize("code", [100, 132, 258])
def test_an_error_after_the_ok_ends_it(code):
    reply, modem = ask([f"+CME ERROR: {code}"])
    assert f"CME {code}" in reply.words
    assert "AT+CUSD=2" not in modem.asked


def test_an_error_after_the_answer_takes_nothing_away():
    reply, _ = ask(['+CUSD: 0,"Balance 5.00",15', "+CME ERROR: 258"])
    assert (reply.text, reply.words) == ("Balance 5.00", "")


@pytest.mark.parametrize(
    "said",
    [
        ['+CUSD: 2,"Initiating Release",15', '+CUSD: 0,"5.00 EUR",15'],
        ['+CUSD: 0,"5.00 EUR",15', '+CUSD: 2,"Initiating Release",15'],
        ["+CUSD: 2", '+CUSD: 0,"5.00 EUR",15'],
        ['+CUSD: 0,"5.00 EUR",15', "+CUSD: 2"],
        ['+CUSD: 2,"5.00 EUR",15'],
        ['+CUSD: 0,"5",15', '+CUSD: 0,"5.00 EUR",15'],
    ],
)
def test_of_several_lines_the_answer_counts(said):
    reply, modem = ask(said)
    assert reply.text == "5.00 EUR"
    assert not reply.waits
    assert not reply.words
    assert all(seconds == ussd.LINGER for seconds in modem.waited[1:])


def test_a_menu_that_the_network_closes_at_once_does_not_wait():
    assert ask([OPEN])[0].waits
    assert not ask([OPEN, "+CUSD: 2"])[0].waits


def test_a_text_of_several_lines_with_quotes_and_commas_stays_whole():
    reply, _ = ask(['+CUSD: 1,"1. "A", b\n2. c, 15",15'])
    assert reply.text == '1. "A", b\n2. c, 15'
    assert reply.waits


@pytest.mark.parametrize(("state", "words"), [(3, "Another program"), (4, "support"), (5, "time")])
def test_what_the_network_says_without_a_text_is_said_in_words(state, words):
    reply, _ = ask([f"+CUSD: {state}"])
    assert words in reply.words


def test_a_modem_that_refuses_plain_text_is_asked_in_packed_septets():
    plain = 'AT+CUSD=1,"*100#",15'
    reply, modem = ask(
        ['+CUSD: 0,"EBB79B1E0685E9ECF4BADE9E03",15'], {plain: [ERROR, Result("CMS", 304)]}
    )
    assert modem.asked == [plain, "AT+CUSD=2", plain, 'AT+CUSD=1,"AA180C3602",15']
    assert (reply.text, reply.form) == ("konta atlikums", UssdForm.PACKED)


MARKS = '+CUSD: 0,"??????: 5.00 ???",72'
WIDE = ['AT+CSCS="UCS2"', 'AT+CUSD=1,"002A0031003000300023",15', 'AT+CSCS="GSM"']


def test_an_answer_of_question_marks_is_asked_for_again_in_ucs2():
    reply, modem = ask([MARKS, None, '+CUSD: 0,"0411043004300020003700200440",72'])
    assert modem.asked == ['AT+CUSD=1,"*100#",15', *WIDE]
    assert (reply.text, reply.form) == ("Баа 7 р", UssdForm.WIDE)


def test_what_was_learnt_is_used_at_once_and_other_forms_follow():
    reply, modem = ask(['+CUSD: 0,"0411043004300020003700200440",72'], known=UssdForm.WIDE)
    assert modem.asked == WIDE
    assert (reply.text, reply.form) == ("Баа 7 р", UssdForm.WIDE)
    refused = {WIDE[1]: [ERROR, ERROR]}
    reply, modem = ask(['+CUSD: 0,"5.00 EUR",15'], refused, known=UssdForm.WIDE)
    assert modem.asked[-2:] == ['AT+CSCS="GSM"', 'AT+CUSD=1,"*100#",15']
    assert (reply.text, reply.form) == ("5.00 EUR", UssdForm.PLAIN)


@pytest.mark.parametrize("text", ["*123*1234567890#", "*100*5#", "1"])
def test_what_may_do_something_is_not_asked_twice_but_the_next_time_in_ucs2(text):
    reply, modem = ask([MARKS], text=text)
    assert modem.asked == [f'AT+CUSD=1,"{text}",15']
    assert reply.form is UssdForm.WIDE


def test_when_ucs2_does_not_help_the_first_answer_is_what_there_is():
    reply, modem = ask([MARKS, None], {'AT+CSCS="UCS2"': [ERROR, ERROR]})
    assert modem.asked[-1] == 'AT+CSCS="GSM"'
    assert reply.text == "??????: 5.00 ???"


def test_ucs2_comes_after_packed():
    refused = {
        'AT+CUSD=1,"*100#",15': [ERROR, ERROR],
        'AT+CUSD=1,"AA180C3602",15': [ERROR],
    }
    reply, modem = ask(['+CUSD: 0,"0035002E00300030",15'], refused)
    assert modem.asked[-1] == 'AT+CUSD=1,"002A0031003000300023",15'
    assert (reply.text, reply.form) == ("5.00", UssdForm.UCS2)


def test_the_form_that_worked_before_is_asked_first():
    reply, modem = ask(['+CUSD: 0,"C8329BFD06",15'], known=UssdForm.PACKED)
    assert modem.asked == ['AT+CUSD=1,"AA180C3602",15']
    assert reply.text == "Hello"


def test_a_packed_request_that_a_plain_modem_took_for_text_proves_nothing():
    """It refused the plain one for another reason; the network was asked for nonsense."""
    plain = 'AT+CUSD=1,"*100#",15'
    reply, _ = ask(['+CUSD: 0,"Unknown service code.",15'], {plain: [ERROR, ERROR]})
    assert reply.form is None


@pytest.mark.parametrize("code", [10, 11, 30])
def test_no_other_form_is_tried_where_it_cannot_help(code):
    reply, modem = ask([], {'AT+CUSD=1,"*100#",15': [Result("CME", code)]})
    assert len(modem.asked) == 1
    assert reply.words


def test_when_every_form_is_refused_it_says_what_else_to_do():
    class Refuses(dict):
        def get(self, text, default=None):
            return [ERROR if "=1" in text else OK]

    reply, modem = ask([], Refuses(any=1))
    assert "operator" in reply.words
    assert modem.asked[-1] == 'AT+CUSD=1,"*100#"'


def test_an_open_session_is_cancelled_before_a_new_request():
    _, modem = ask(['+CUSD: 0,"x",15'], cancel_first=True)
    assert modem.asked == ["AT+CUSD=2", 'AT+CUSD=1,"*100#",15']


def test_a_text_that_ussd_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="182"):
        ask([], text="Ж")


# on simulated modems -----------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(ussd, "LINGER", 0.3)
    monkeypatch.setattr(ussd, "PATIENCE", 1.0)


def post(worker, text="*100#", **options) -> list[UssdReply]:
    replies: list[UssdReply] = []

    def job(context):
        replies.append((yield from ussd.request(context, text, **options)))

    until(lambda: ready(worker))
    assert worker.post(job)
    return replies


@pytest.mark.parametrize("personality", sorted(PERSONALITIES))
def test_every_kind_of_modem_tells_the_balance(network, start, quick, personality):
    modem = network.add_modem(personality=PERSONALITIES[personality])
    replies = post(start(modem.port))
    until(lambda: replies)
    assert replies[0].text == "Your balance is 20.00 EUR."
    wanted = UssdForm.PACKED if PERSONALITIES[personality].ussd == "packed" else UssdForm.PLAIN
    assert replies[0].form is wanted


@pytest.mark.parametrize("personality", ["generic", "huawei", "sim800"])
@pytest.mark.parametrize("text", ["Баланс: 5.00 руб", 'Konto 5 €\nzweite "Zeile", ja', "x" * 7])
def test_texts_of_every_alphabet_arrive(network, start, quick, personality, text):
    network.ussd_answers["*100#"] = text
    modem = network.add_modem(personality=PERSONALITIES[personality])
    replies = post(start(modem.port))
    until(lambda: replies)
    assert replies[0].text == text


@pytest.mark.parametrize("personality", ["generic", "huawei"])
@pytest.mark.parametrize("fault", ["ussd_before_ok", "ussd_extra", "ussd_never", "ussd_error"])
def test_every_fault_ends_with_an_answer_or_words_and_sending_goes_on(
    network, ledger, start, quick, personality, fault
):
    modem = network.add_modem(personality=PERSONALITIES[personality])
    worker = start(modem.port)
    until(lambda: ready(worker))
    setattr(modem.faults, fault, 1)
    replies = post(worker)
    assert worker.assign([work()])
    until(lambda: replies)
    if fault in ("ussd_before_ok", "ussd_extra"):
        assert replies[0].text == "Your balance is 20.00 EUR."
    else:
        assert replies[0].words
        assert not replies[0].text
    assert ledger.wait("accepted")[0][0] == 11
    again = post(worker)
    until(lambda: again)
    assert again[0].text == "Your balance is 19.91 EUR."  # the message has its price


def test_a_message_waits_for_the_request_and_never_comes_between(network, ledger, start, quick):
    modem = network.add_modem()
    modem.ussd_time = 0.5
    worker = start(modem.port)
    until(lambda: ready(worker))
    seen: list[int] = []
    ledger.on["submitting"] = lambda: seen.append(len(replies))
    replies = post(worker)
    worker.assign([work()])
    ledger.wait("accepted")
    assert seen == [1]


def test_an_urgent_message_ends_the_waiting_and_goes_out(network, ledger, start):
    """No answer comes for a minute; the session is closed before the message is sent."""
    modem = network.add_modem()
    modem.ussd_time = 3600.0
    worker = start(modem.port)
    until(lambda: ready(worker))
    replies = post(worker)
    until(lambda: any(text.startswith("AT+CUSD=1,") for text in modem.heard))
    ledger.urgent_waits = True
    worker.assign([work()])
    ledger.wait("accepted", patience=10.0)
    assert [r.interrupted for r in replies] == [True]
    assert "urgent" in replies[0].words
    heard = modem.heard
    asked = next(i for i, text in enumerate(heard) if text.startswith("AT+CUSD=1,"))
    closed = heard.index("AT+CUSD=2", asked)
    assert closed < next(i for i, text in enumerate(heard) if text.startswith("AT+CMGS="))
    # A menu that comes after all would block the next request: it is closed as well.
    modem.urc(OPEN)
    until(lambda: modem.heard.count("AT+CUSD=2") == 2)


def test_an_urgent_message_goes_before_a_request_that_waits(network, ledger, start, quick):
    modem = network.add_modem()
    worker = start(modem.port)
    until(lambda: ready(worker))
    ledger.urgent_waits = True
    ledger.on["submitting"] = lambda: setattr(ledger, "urgent_waits", False)
    seen: list[int] = []
    ledger.on["accepted"] = lambda: seen.append(len(replies))
    replies = post(worker)
    worker.assign([work()])
    until(lambda: replies)
    assert (seen, replies[0].text) == ([0], "Your balance is 19.91 EUR.")


def test_a_restart_ends_the_waiting_and_the_modem_comes_back(network, start, monkeypatch):
    modem = network.add_modem(personality=PERSONALITIES["sim800"])
    modem.faults.ussd_never = 1
    worker = start(modem.port)
    lost: list[str] = []

    def job(context):
        try:
            yield from ussd.request(context, "*100#")
        except LinkLost as e:
            lost.append(str(e))
            raise

    until(lambda: ready(worker))
    worker.post(job)
    until(lambda: modem.faults.ussd_never == 0)
    modem.reboot()
    until(lambda: lost)
    assert "restarted" in lost[0]
    until(lambda: ready(worker))
