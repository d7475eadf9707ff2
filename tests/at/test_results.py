import pytest

from gateway.at import About, Result, Retry, after_pdu, before_prompt, meaning, profile_for
from gateway.at.codes import CME, CMS, PHRASES, PROMISES
from gateway.at.profiles import PROFILES
from gateway.at.results import parse_final


@pytest.mark.parametrize(
    ("line", "result"),
    [
        ("OK", Result("OK")),
        ("ERROR", Result("ERROR")),
        ("+CMS ERROR: 38", Result("CMS", 38)),
        ("+CMS ERROR:38", Result("CMS", 38)),
        ("+CMS ERROR:", Result("CMS")),
        ("+CMS ERROR", Result("CMS")),
        ('+CMS ERROR: "38"', Result("CMS", 38)),
        ("+CMS ERROR: Network timeout", Result("CMS", 332, "Network timeout")),
        ("+CMS ERROR: SIM busy", Result("CMS", 314, "SIM busy")),
        ("+CMS ERROR: Unknown error", Result("CMS", 500, "Unknown error")),
        ("+CMS ERROR: the dog ate it", Result("CMS", None, "the dog ate it")),
        ("+CME ERROR: SIM not inserted", Result("CME", 10, "SIM not inserted")),
        ("+CME ERROR: PH-SIM PIN required", Result("CME", 5, "PH-SIM PIN required")),
        ("+CME ERROR: 15790320", Result("CME", 15790320)),
        ("+CMS ERROR: 99999999999999999999", Result("CMS", None, "99999999999999999999")),
        ("NA", Result("ERROR", None, "NA")),
        ("MODEM ERROR: 4", Result("ERROR", None, "4")),
    ],
)
def test_a_result_is_read_in_all_its_forms(line, result):
    assert parse_final(line) == result


@pytest.mark.parametrize(
    "line", ["OKAY", "OK ", "ok", "ERRORS", "+CMS ERRORS", "BUSY", "NO CARRIER", "", "NAME"]
)
def test_what_only_resembles_a_result_is_none(line):
    assert parse_final(line) is None


def test_a_busy_line_ends_a_call_of_ours():
    assert parse_final("BUSY", dialled=True) == Result("CALL", None, "BUSY")


@pytest.mark.parametrize(
    ("result", "retry"),
    [
        (Result("OK"), Retry.TAKEN),
        (Result("CMS", 1), Retry.PERMANENT),
        (Result("CMS", 8), Retry.HOLD),
        (Result("CMS", 21), Retry.LATER),
        (Result("CMS", 38), Retry.LATER),
        (Result("CMS", 41), Retry.LATER),
        (Result("CMS", 97), Retry.PERMANENT),
        (Result("CMS", 120), Retry.LATER),
        (Result("CMS", 195), Retry.PERMANENT),
        (Result("CMS", 197), Retry.TAKEN),
        (Result("CMS", 321), Retry.LATER),
        (Result("CMS", 340), Retry.LATER),
        (Result("CME", 21), Retry.LATER),
        (Result("CME", 22), Retry.LATER),
        (Result("CMS", 230), Retry.PERMANENT),
        (Result("CMS", 302), Retry.RESET),
        (Result("CMS", 310), Retry.HOLD),
        (Result("CMS", 330), Retry.HOLD),
        (Result("CMS", 332), Retry.UNCERTAIN),
        (Result("CMS", 400), Retry.RESET),
        (Result("CMS", 500), Retry.LATER),
        (Result("CMS", 513), Retry.UNCERTAIN),
        (Result("CMS", 515), Retry.LATER),
        (Result("CMS", 517), Retry.LATER),  # of a maker that we do not know
        (Result("CMS", 550), Retry.LATER),
        (Result("CMS", 9999), Retry.LATER),
        (Result("CMS"), Retry.LATER),
        (Result("CME", 10), Retry.HOLD),
        (Result("CME", 14), Retry.LATER),
        (Result("CME", 16), Retry.HOLD),
        (Result("CME", 31), Retry.UNCERTAIN),
        (Result("CME", 777), Retry.LATER),
        (Result("CME", None, "who knows"), Retry.LATER),
        (Result("ERROR"), Retry.LATER),
        (Result("ERROR", None, "COMMAND NOT SUPPORT"), Retry.OTHER_ROUTE),
        (Result("TIMEOUT"), Retry.UNCERTAIN),
        (Result("RESTARTED"), Retry.UNCERTAIN),
        (Result("LOST"), Retry.UNCERTAIN),
        (Result("NO_PROMPT"), Retry.LATER),
    ],
)
def test_the_class_says_what_became_of_a_submitted_message(result, retry):
    assert after_pdu(result).retry is retry


ALL = (
    *(Result("CMS", code) for code in range(700)),
    *(Result("CME", code) for code in (*range(160), *CME)),
    *(Result(kind) for kind in ("CMS", "CME", "ERROR", "TIMEOUT", "NO_PROMPT", "OK")),
    Result("ERROR", None, "COMMAND NOT SUPPORT"),
)
MAKERS = ({}, *(p.codes for p in PROFILES if p.codes))


def test_of_all_codes_only_one_says_that_the_network_has_the_message():
    for makers in MAKERS:
        taken = {after_pdu(r, makers).label for r in ALL if not r.ok} - {
            w.label for r in ALL if (w := after_pdu(r, makers)).retry is not Retry.TAKEN
        }
        assert taken == {"CMS 197"}


def test_before_the_prompt_no_result_speaks_about_the_message():
    for makers in MAKERS:
        for result in ALL:
            why = before_prompt(result, makers)
            assert why.retry not in (Retry.TAKEN, Retry.PERMANENT, Retry.UNCERTAIN), result
            about = About.EITHER if why.label == "CMS 304" else About.CONNECTION
            assert why.about is about, result
            assert "Done" not in why.words
            assert why.words.endswith(".")


def test_codes_of_makers_are_read_by_maker():
    sim800 = profile_for("SIMCOM_Ltd", "SIMCOM_SIM800L").codes
    assert after_pdu(Result("CMS", 517), sim800).retry is Retry.RESET
    assert before_prompt(Result("CMS", 517), sim800).retry is Retry.RESET
    siemens = profile_for("Cinterion", "MC75i").codes
    assert after_pdu(Result("CMS", 517), siemens).retry is Retry.PERMANENT
    assert after_pdu(Result("CMS", 513), siemens).retry is Retry.LATER
    ublox = profile_for("u-blox", "SARA-U201").codes
    assert after_pdu(Result("CMS", 359), ublox).words == after_pdu(Result("CMS", 30)).words
    assert after_pdu(Result("CMS", 513), ublox).retry is Retry.UNCERTAIN


def test_every_code_of_a_maker_has_a_class_and_a_sentence():
    for makers in MAKERS:
        for code in makers:
            why = after_pdu(Result("CMS", code), makers)
            assert why.words.endswith(".")
            assert (why.after is not None) == (why.retry in (Retry.LATER, Retry.RESET)), code


def test_other_commands_get_words_and_no_promise():
    assert meaning(Result("OK")) == ""
    assert meaning(Result("CMS", 321)) == "There is no message in this place."
    for result in ALL:
        assert not meaning(result).endswith(PROMISES)
        assert "been sent" not in meaning(result)
        assert result.ok or meaning(result).endswith(".")


@pytest.mark.parametrize(
    ("result", "about"),
    [
        (Result("CMS", 1), About.MESSAGE),
        (Result("CMS", 30), About.MESSAGE),
        (Result("CMS", 22), About.MESSAGE),
        (Result("CMS", 27), About.MESSAGE),
        (Result("CMS", 28), About.EITHER),
        (Result("CMS", 38), About.EITHER),
        (Result("CMS", 21), About.EITHER),
        (Result("CMS", 500), About.EITHER),
        (Result("ERROR"), About.EITHER),
        (Result("CMS", 8), About.CONNECTION),
        (Result("CMS", 302), About.CONNECTION),
        (Result("CMS", 330), About.CONNECTION),
        (Result("CMS", 331), About.CONNECTION),
        (Result("CME", 14), About.CONNECTION),
    ],
)
def test_what_a_refusal_speaks_of(result, about):
    assert after_pdu(result).about is about


def test_every_code_has_a_class_and_a_sentence():
    for kind, table in (("CMS", CMS), ("CME", CME)):
        for code in table:
            explanation = after_pdu(Result(kind, code))
            assert explanation.words.endswith("."), code
            assert explanation.label == f"{kind} {code}"
            assert (explanation.after is not None) == (
                explanation.retry in (Retry.LATER, Retry.RESET)
            ), code
            assert (explanation.tries > 0) == (explanation.after is not None), code


def test_every_phrase_leads_to_a_code_of_the_table():
    assert all(code in CMS for code in PHRASES["CMS"].values())
    assert all(code in CME for code in PHRASES["CME"].values())
    assert all(
        phrase == phrase.lower() and "-" not in phrase for p in PHRASES.values() for phrase in p
    )


@pytest.mark.parametrize(
    ("result", "label"),
    [
        (Result("TIMEOUT"), "no answer"),
        (Result("CMS", 38), "CMS 38"),
        (Result("CME", None, "who knows"), "CME (who knows)"),
        (Result("ERROR"), "ERROR"),
    ],
)
def test_the_label_is_short(result, label):
    assert after_pdu(result).label == label
