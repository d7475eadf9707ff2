import pytest

from gateway.at import Result, Retry, explain
from gateway.at.codes import CME, CMS, PHRASES
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
        (Result("OK"), Retry.NONE),
        (Result("CMS", 1), Retry.PERMANENT),
        (Result("CMS", 8), Retry.HOLD),
        (Result("CMS", 21), Retry.LATER),
        (Result("CMS", 38), Retry.LATER),
        (Result("CMS", 41), Retry.LATER),
        (Result("CMS", 97), Retry.PERMANENT),
        (Result("CMS", 120), Retry.LATER),
        (Result("CMS", 195), Retry.PERMANENT),
        (Result("CMS", 197), Retry.NONE),
        (Result("CMS", 230), Retry.PERMANENT),
        (Result("CMS", 302), Retry.RESET),
        (Result("CMS", 310), Retry.HOLD),
        (Result("CMS", 330), Retry.HOLD),
        (Result("CMS", 332), Retry.UNCERTAIN),
        (Result("CMS", 400), Retry.RESET),
        (Result("CMS", 500), Retry.LATER),
        (Result("CMS", 513), Retry.UNCERTAIN),
        (Result("CMS", 515), Retry.LATER),
        (Result("CMS", 550), Retry.PERMANENT),
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
def test_the_class_says_whether_to_try_again(result, retry):
    assert explain(result).retry is retry


def test_every_code_has_a_class_and_a_sentence():
    for kind, table in (("CMS", CMS), ("CME", CME)):
        for code in table:
            explanation = explain(Result(kind, code))
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
    assert explain(result).label == label
