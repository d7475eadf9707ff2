"""Messages of every kind, for the tests that hold for all of them."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from gateway import sms
from gateway.sms import gsm7

octet = st.integers(0, 255)
septet_text = st.text(st.sampled_from(sorted(gsm7.encoder())))
any_text = st.one_of(
    septet_text,
    st.text(),
    st.text(st.sampled_from("aé{€ñЖ😀👩\u200d🚀\u0301क्\u0301ष🇩🇪\n")),
)

numbers = st.from_regex(r"\A[0-9*#][0-9*#abc]{0,19}\Z")
names = st.text(st.sampled_from(gsm7.MAIN.replace("\x1b", "")), min_size=1, max_size=11).filter(
    # The one name that cannot be told from a shorter one that was counted wrongly.
    lambda name: not (len(name) == 8 and name.endswith("@"))
)
addresses = st.one_of(
    st.builds(
        sms.Address,
        numbers,
        st.sampled_from([t for t in sms.TypeOfNumber if t != sms.TypeOfNumber.ALPHANUMERIC]),
        st.integers(0, 15),
    ),
    st.builds(sms.Address, names, st.just(sms.TypeOfNumber.ALPHANUMERIC), st.just(0)),
)


@st.composite
def timestamps(draw: st.DrawFn) -> sms.Timestamp:
    first, last = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (1991, 2089))
    when = datetime.fromtimestamp(draw(st.integers(first, last)), UTC)
    quarters = draw(st.integers(-79, 79))
    return sms.Timestamp(
        when.year, when.month, when.day, when.hour, when.minute, when.second, 15 * quarters
    )


dcss = st.builds(sms.Dcs, octet)
elements = st.builds(sms.Element, octet, st.binary(max_size=12))
headers = st.lists(elements, max_size=3).map(tuple)


@st.composite
def coded(draw: st.DrawFn) -> dict[str, object]:
    """User data and the coding that it is in, at most 140 octets."""
    dcs = draw(dcss)
    header = draw(headers)
    used = sum(2 + len(one.data) for one in header) + bool(header)
    if dcs.alphabet is sms.Alphabet.GSM7:
        septets = st.integers(0, 127)
        payload = bytes(draw(st.lists(septets, max_size=(140 - used) * 8 // 7)))
    else:
        payload = draw(st.binary(max_size=140 - used))
    return {"user_data": sms.UserData(header, payload), "dcs": dcs}


validities = st.one_of(
    st.none(),
    st.builds(sms.Relative, octet),
    st.builds(sms.Absolute, timestamps()),
    st.builds(sms.Enhanced, st.binary(min_size=7, max_size=7)),
)
submits = st.builds(
    lambda content, **fields: sms.Submit(**content, **fields),
    coded(),
    destination=addresses,
    pid=octet,
    message_reference=octet,
    validity=validities,
    request_report=st.booleans(),
    reject_duplicates=st.booleans(),
    reply_path=st.booleans(),
)
delivers = st.builds(
    lambda content, **fields: sms.Deliver(**content, **fields),
    coded(),
    sender=st.one_of(addresses, st.just(sms.Address(""))),
    timestamp=timestamps(),
    pid=octet,
    more_messages=st.booleans(),
    loop_prevention=st.booleans(),
    reply_path=st.booleans(),
    report_indication=st.booleans(),
)
reports = st.builds(
    lambda content, **fields: sms.StatusReport(**content, **fields),
    st.one_of(st.just({}), coded()),
    message_reference=octet,
    recipient=addresses,
    service_centre_time=timestamps(),
    discharge_time=timestamps(),
    status=octet,
    pid=st.one_of(st.none(), octet),
    more_messages=st.booleans(),
    loop_prevention=st.booleans(),
    of_command=st.booleans(),
)
