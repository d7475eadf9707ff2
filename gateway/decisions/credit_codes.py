"""Codes that ask for the credit, by network (first digits of the IMSI: MCC and MNC). Pure.

Offered as a suggestion, never sent by itself. Source: what the operators print on their prepaid
cards and help pages and their customers repeat everywhere; only well-known ones are listed.
Operators change them, and resellers on the same network may use others.
"""

from __future__ import annotations

from typing import Final

_TABLE: Final = """
20205 *111#     Vodafone GR
20408 *101#     KPN NL
20801 #123#     Orange FR
21403 *111#     Orange ES
21407 *133#     Movistar ES
22801 *130#     Swisscom CH
22802 *121#     Sunrise CH
23001 *101#     T-Mobile CZ
23003 *22#      Vodafone CZ
23410 *#10#     O2 GB
23415 *#1345#   Vodafone GB
24701 *100#     LMT LV
25001 *100#     MTS RU
25002 *100#     MegaFon RU
25020 *105#     Tele2 RU
25099 *102#     Beeline RU
25501 *101#     Vodafone UA
25503 *111#     Kyivstar UA
25506 *111#     lifecell UA
25701 *100#     A1 BY
25702 *100#     MTS BY
26001 *100#     Plus PL
26002 *101#     T-Mobile PL
26003 *124*#    Orange PL
26006 *101#     Play PL
26201 *100#     Telekom DE
26202 *100#     Vodafone DE
26203 *101#     O2 DE
26207 *101#     O2 DE
310260 #225#    T-Mobile US
310410 *777#    AT&T US
40101 *102#     Beeline KZ
41001 *111#     Jazz PK
41003 *124#     Ufone PK
41004 *222#     Zong PK
41006 *444#     Telenor PK
47001 *566#     Grameenphone BD
47002 *222#     Robi BD
47003 *124#     Banglalink BD
51010 *888#     Telkomsel ID
51011 *123#     XL ID
52003 *121#     AIS TH
62001 *124#     MTN GH
62002 *124#     Vodafone GH
62120 *310#     Airtel NG
62130 *310#     MTN NG
62150 *310#     Glo NG
62160 *310#     9mobile NG
63902 *144#     Safaricom KE
63903 *131#     Airtel KE
64004 *102#     Vodacom TZ
64110 *131#     MTN UG
65501 *135#     Vodacom ZA
65507 *101#     Cell C ZA
65510 *136#     MTN ZA
"""
CODES: Final[dict[str, str]] = {
    network: code for network, code, *_ in (line.split() for line in _TABLE.strip().splitlines())
}


def suggestion(imsi: str) -> str:
    """The code of this SIM's network, "" when we know none. MNCs have two digits or three."""
    return CODES.get(imsi[:6], "") or CODES.get(imsi[:5], "")
