"""The words at the heads of columns, in the languages of those who wrote them -> what they are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gateway.text.comparison import fold

LEAVE_OUT = ""
NAME, FIRST, MIDDLE, LAST, NOTES, GROUPS = "name", "first", "middle", "last", "notes", "groups"
MOBILE, NUMBER, OTHER, KIND = "mobile", "number", "other", "kind"
NUMBERS = (MOBILE, NUMBER, OTHER)  # as they are preferred
LONGEST = 120  # characters of a head
MAYBE = "?"  # in front of a kind: only if it looks like it

# Whole heads, by | apart.
_WHOLE: Mapping[str, str] = {
    NAME: "name|names|full name|fullname|display name|contact|contact name|contact names|person|nom"
    "|nombre|nombre completo|nome|nome completo|имя|фио|ф и о|полное имя|наименование|الاسم|الاسم"
    " الكامل|اسم|imię|naam|volledige naam|jina|majina|jina kamili|nom complet|nom et prenom|nome e"
    " cognome|vollständiger name|ad|isim|ad soyad|імя|nama",
    FIRST: "first name|first|firstname|given name|forename|christian name|vorname|rufname|prénom"
    "|prénoms|meno|jméno|primer nombre|nombre de pila|nombres|primeiro nome|имя собственное"
    "|الاسم الأول|imiona|voornaam|jina la kwanza|jina la kuzaliwa|nome proprio|nom de bapteme",
    MIDDLE: "middle name|middle|additional name|second name|other name|other names|othernames"
    "|zweiter vorname|deuxième prénom|segundo nombre|nome do meio|отчество|второе имя|الاسم الأوسط"
    "|drugie imię|tweede voornaam|tussenvoegsel|tussenvoegsels"
    "|jina la kati|secondo nome",
    LAST: "last name|last|lastname|family name|surname|nachname|familienname|zuname|nom de famille"
    "|primer apellido|segundo apellido|apellido paterno|apellido materno|priezvisko|příjmení|noms"
    "|apellido|apellidos|sobrenome|apelido|cognome|achternaam|familienaam|nazwisko|фамилия|прізвище"
    "|اسم العائلة|الاسم الأخير|الكنية|اللقب|jina la mwisho|jina la familia|jina la ukoo|soyad"
    "|soyadı|soyisim",
    NOTES: "notes|note|comment|comments|remark|remarks|memo|notiz|notizen|bemerkung|bemerkungen"
    "|anmerkungen|kommentar|kommentare|nota|notas|observaciones|comentarios|anotações|observações"
    "|comentários|commentaire|commentaires|remarque|remarques|notities|opmerking|opmerkingen"
    "|notatki|uwagi|заметки|заметка|примечание|примечания|комментарий|комментарии|ملاحظات|ملاحظة"
    "|maelezo|maoni|commento|commenti|notlar",
    GROUPS: "groups|group|group s|group name|labels|group membership|categories|category|tags|list"
    "|lists|gruppen|gruppe|gruppe n|kategorien|kategorie|catégories|catégorie|groupe|groupes"
    "|groupe s|libellés|categorías|categoría|grupo|grupos|grupo s|etiquetas|categorias|categoria"
    "|marcadores|категории|категория|группы|группа|ярлыки|الفئات|فئات|المجموعات|المجموعة|مجموعة"
    "|مجموعات|vikundi|kikundi|kundi|makundi|lebo|gruppi|gruppo|categorie|etichette|groepen|groep"
    "|categorieën|labels|grupy|grupa|etykiety|gruplar|grup",
    NUMBER: "phone no|mobile no|phone nr|contact number|contact no|msisdn|recipient|destinatario"
    "|phone numbers|nambari ya simu|namba ya simu|رقم الهاتف|urn tel|contact phone",
    MAYBE + NUMBER: "number|numbers|no|nr|numero|nummer|numer|nambari|namba|номер|رقم|الرقم|primary"
    "|contacts|primär|principal",
    MAYBE
    + OTHER: "home|work|business|office|privat|geschäftlich|domicile|bureau|particular|ufficio"
    "|abitazione|casa|trabajo|trabalho|thuis|werk|dom|praca|домашний|рабочий|kazi|nyumbani",
    KIND: "kind of number|kind of the next number",
    LEAVE_OUT: "problem|id|photo",
}
# Words; with * behind beginnings of words, with * before ends, with both anywhere in a word.
_PHONE = (
    "*telefon* *telephon* *telefoon* *telefono* *telefone* *phone* phones tel tél ph simu هاتف"
    " تلفون هواتف telf fono телефон* тел whatsapp"
)
_MOBILE = (
    "*mobil* mob моб *handy* cell* cellphone cellular* celular* movil moviles portable gsm cel"
    " mkononi rununu komork* telemovel telemoveis мобильн* сотов* переносн* мобільн*"
    " محمول جوال موبايل نقال"
    " whatsapp cep mobiel* iphone smartphone natel"
)
_OTHER = (
    "home work business office company other main landline isdn car primary privat* *privat"
    " geschaftlich* *geschaft* festnetz* domicile bureau travail professionnel fixe casa trabajo"
    " oficina fijo trabalho escritorio comercial residencial fixo lavoro ufficio abitazione fisso"
    " thuis werk zakelijk* vast domowy sluzbowy praca firmowy stacjonarny рабоч* домашн* городск*"
    " служебн* nyumbani kazi kazini عمل منزل بيت ارضي school custom inny otro outro autre altro"
    " sonstige* другой andere bueroo buro dienstlich*"
)
_NOT_FOR_SMS = (
    "*fax* faks* faksi faxe telecopie* telecopieur факс* فاكس pager* beeper *pieper пейджер* telex"
    " tty tdd modem bbs radio callback assistant* assistent* manager* spouse emergency extension"
    " ext email e-mail mail date model type id uuid country code provider network operator carrier"
    " status count account money balance group"
)
_KINDS = "type label typ tipo etykieta libelle etiqueta тип نوع"


def _folded(text: str) -> str:
    return " ".join(re.split(r"[\W_]+", fold(text))).strip()


_BY_HEAD = {_folded(head): kind for kind, all_ in _WHOLE.items() for head in all_.split("|")}
_CALLED = re.compile(
    r"(?:contact|customer|client|member|student|pupil|patient|employee|staff|teacher|person|saved"
    r"|complete|farmer|user s|beneficiary|volunteer|subscriber)s? (?:full )?names?"
)


def kind_of(head: str) -> str | None:
    """None: the head says nothing."""
    if len(head) > LONGEST:
        return None
    said = _folded(head)
    for one in (said, _folded(re.sub(r"\((\w{1,2})\)", r"\1", head))):  # "Prénom(s)"
        if (known := _BY_HEAD.get(one)) is not None:
            return known
    if _CALLED.fullmatch(said):
        return NAME
    if "phonetic" in said:
        return None
    words = [w for w in (word.removeprefix("ال") for word in said.split()) if not w.isdigit()]
    if not _one_of(words, _PHONE) and not _one_of(words, _MOBILE):
        return None
    if _one_of(words, _KINDS):
        return KIND
    if _one_of(words, _NOT_FOR_SMS):
        return None
    return rank(head)


def no_sms(head: str) -> bool:
    """Whether its numbers are certainly none that an SMS reaches, whatever they look like."""
    return _one_of(_folded(head[:LONGEST]).split(), _NOT_FOR_SMS)


def rank(label: str) -> str:
    """Which of NUMBERS a number is that is called so; "" = no SMS reaches it, such as a fax."""
    words = [word.removeprefix("ال") for word in _folded(label[:LONGEST]).split()]
    if _one_of(words, _MOBILE):
        return NUMBER if "other" in words else MOBILE
    if _one_of(words, _NOT_FOR_SMS):
        return ""
    return OTHER if _one_of(words, _OTHER) else NUMBER


def _one_of(words: list[str], patterns: str) -> bool:
    return any(_matches(word, one) for word in words for one in _PATTERNS[patterns])


def _matches(word: str, pattern: tuple[bool, str, bool]) -> bool:
    before, core, behind = pattern
    if before and behind:
        return core in word
    if behind:
        return word.startswith(core)
    return word.endswith(core) if before else word == core


_PATTERNS = {
    text: [(p.startswith("*"), fold(p.strip("*")), p.endswith("*")) for p in text.split()]
    for text in (_PHONE, _MOBILE, _OTHER, _NOT_FOR_SMS, _KINDS)
}
