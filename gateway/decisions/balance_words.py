"""What operators write about money: signs of currencies, words about the account, and others."""

from __future__ import annotations

from typing import Final

# Code of ISO 4217 ("-": the sign is several countries'), then what operators write. Compared
# without case, except for those in CASED.
_SIGNS: Final = """
EUR € EUR EURO EUROS ЕВРО
GBP £ GBP
USD US$ USD
BRL R$ BRL reais
- $ Rs Rs. Re. rupees ₨ kr kr. kronor kroner ¥ ￥ 元 Shs Sh FCFA CFA F Bs Bs.
- P som pesos dollars dolares dólares pounds francs
- DH Dhs dirhams SR ريال درهم دينار dinars kwacha
- Toman تومان
SAR ر.س
QAR ر.ق
OMR ر.ع
AED د.إ
JOD د.أ
TND د.ت
MAD د.م
DZD د.ج
JPY JPY 円
INR ₹ INR रु रु.
PKR PKR
LKR LKR
NPR NPR
TRY ₺ TL TRY
CHF CHF SFr. Fr.
PLN PLN zł zl
CZK Kč Kc CZK
HUF Ft HUF forint
RON lei RON
BGN лв лв. lv BGN
RSD RSD din din. дин
BAM KM BAM
MKD ден MKD
SEK SEK
NOK NOK
DKK DKK
ISK ISK
RUB руб руб. рублей рубля рубль р. р ₽ RUB rub. rub rubl rublya rubley p. p r. r
UAH грн грн. ₴ UAH hrn hrn. grn grn. гривень гривні
BYN BYN бел.руб.
KZT ₸ тг тг. тенге KZT tenge
UZS сум сўм so'm UZS sum
KGS сом KGS
GEL ₾ GEL лари lari ლარი
AMD AMD ֏ dram դրամ
AZN AZN ₼ manat
MDL MDL
IDR Rp Rp. IDR
MYR RM MYR
SGD S$ SGD
THB ฿ THB baht บาท บ.
PHP ₱ PHP
VND ₫ VND đ d dong đồng
KHR ៛ KHR
BDT Tk Tk. TK TK. BDT ৳ Taka টাকা
CNY CNY RMB yuan 人民币
HKD HK$ HKD
KRW ₩ KRW 원
ZAR ZAR R Rand
KES KSh Ksh. KES Kshs Kshs.
TZS TSh Tsh. TZS Tshs
UGX USh Ush. UGX Ushs
NGN ₦ NGN N Naira
GHS ₵ GH₵ GH¢ GHS GHC Cedis
RWF RWF Frw
ETB Birr ETB Br. Br
ZMW ZMW K
MWK MWK MK
MZN MZN MT Mts Meticais
AOA Kz AOA
BWP BWP Pula
NAD NAD N$
XOF XOF
XAF XAF
MAD MAD
AED AED
SAR SAR
DZD DZD DA دج
TND TND DT
EGP EGP LE L.E. جنيه ج.م
IRR IRR Rial Rials ریال
IQD IQD
KWD KWD KD د.ك
BHD BHD BD
OMR OMR
JOD JOD JD
LYD LYD LD
QAR QAR QR
MGA MGA Ar
SLE Le SLE SLL
GMD GMD
MMK MMK Ks Kyat Kyats
LAK LAK ₭ kip
MNT MNT ₮
ILS ₪ NIS ILS ש"ח
AFN AFN Afs Afg
MXN MXN
COP COP
CLP CLP
ARS ARS
PEN S/ S/. PEN soles
GTQ Q GTQ
HNL L Lps Lps. HNL
DOP RD$ DOP
JMD J$ JMD
TTD TT$ TTD
CRC ₡ CRC
PYG ₲ Gs Gs. PYG
HTG HTG Gdes
AUD A$ AUD
NZD NZ$ NZD
CAD C$ CAD
"""
CURRENCIES: Final[dict[str, str]] = {
    sign: "" if code == "-" else code
    for code, *signs in map(str.split, _SIGNS.strip().splitlines())
    for sign in signs
}
# These are words, endings or units when written otherwise.
CASED: Final = frozenset(
    sign
    for row in (
        "R N K Q L P MT KM DA DT LE SR DH MK TL TK TK.",
        "Tk Kz S/ Br Sh Re. р F KD BD JD LD QR Ar Le Ks p p. r r. d đ",
    )
    for sign in row.split()
)

# Which of them stand before their number only, and which behind it.
BEFORE_ONLY: Final = frozenset(["R", "N", "P", "Q", "L", "S/", "S/.", "B/."])
AFTER_ONLY: Final = frozenset(["TK", "TK.", "p", "p.", "r", "r.", "d", "đ", "р", "р.", "F"])
# Letters that are money only in a text of the language that writes it so.
_RUSSIAN: Final = (
    r"octat\w*|ostat\w*|balans\w*|vash\w*|na schet\w*|schet\w*|schyot\w*|minus|rubl\w*"
)
_VIETNAMESE: Final = r"tk\w*|tai khoan|tài khoản|so du|số dư|hsd"
NEEDS: Final[dict[str, str]] = dict.fromkeys(("p", "p.", "r", "r."), _RUSSIAN) | {"d": _VIETNAMESE}

KEYWORDS: Final = (
    r"guthaben|kontostand|saldo|saldos\w+|saldon\w+|balance|bal|balans\w*|konta|konto|kredit\w*"
    r"|koncie|srodki|środki|solde|cr[eé]dito?s?|pulsa|баланс\w*|остаток|доступно|dostupno|счет\w*"
    r"|счёт\w*|рахун\w*|rahun\w*|raxun\w*|octatok|ostatok|ostatak|schetu?|schyote?"
    r"|bakiye\w*|tegoed|beltegoed|egyenleg\w*|sold|stanje|салдо|stan|zostatok|zůstatek|zustatek"
    r"|airtime(?= ?[:=]| bal| is| of)|accounts?|acct|a/c|compte|cuenta|conta"
    r"|رصيد\w*|tai khoan|tài khoản|tkc|tkg|tk goc|tk chinh|so du|số dư|salio|stav"
    r"|qaldiq|hisob\w*|likutis|kontojääk|atlikums|υπόλοιπο|ypoloipo|יתרה|disponible|available"
    r"|remaining|reste|etebare?|اعتبار|مانده\w*|موجودی|talktime|bakaya|शेष|ব্যালেন্স|ሂሳብ\w*"
    r"|baki|load(?= ?[:=]| bal| wallet)|ნაშთი|ბალანსი|մնացորդ\w*|बैलेंस|बैलेन्स"
)
# In scripts without blanks between words.
DENSE_KEYWORDS: Final = (
    "ยอดเงิน|ยอดคงเหลือ|คงเหลือ|余额|餘額|结余|話費|话费|잔액|残高|သင့်လက်ကျန်|လက်ကျန်ငွေ|សមតុល្យ"
)
# What a number after one of these is about is not the account.
OTHERS: Final = (
    r"bonus\w*|promo\w*|bono\w*|regalo|geschenk\w*|gift\w*|free|gratis|loan|owe|owing|debt|cost\w*"
    r"|price|charged?|fee|tarif\w*|бонус\w*|стоимость|spent|last call|used|usage|limit\w*|offer\w*"
    r"|okoa|deuda|dette|schulden|долг\w*|задолженност\w*|лимит\w*|платеж\w*|списан\w*|cashback"
    r"|buy|purchase|recharge|top ?up|aufladen|achet\w*|forfait\w*|compr[ae]\w*|recarg\w*|paquete\w*"
    r"|bundles?|subscri\w*|renew\w*|купи\w*|пакет\w*|подключ\w*|doladuj\w*|doładuj\w*|pakiet\w*"
    r"|pay\w*|paid|send|sent|receiv\w*|transfer\w*|credited|debited|deducted|extra|rate|invoice"
    r"|due|rechnung\w*|offen\w*|zahl\w*|bezahl\w*|facturas?|fattur[ae]|factures?|montant d[uû]"
    r"|payez|[aà] payer|pagar\w*|pagamento|оплат\w*|зачислен\w*|перевод\w*"
    r"|won|win|option\w*|press|reply|select\w*|choose|min(?:imum|imal\w*)|at least|less than|below"
)
# So is the balance of one of these: "data balance".
SERVICES: Final = r"roaming|data|internet|sms|mms|voice|daten|dane|données|datos|dados"
# After an amount: the next one is a part of it.
PARTS: Final = (
    r"w tym|incl|including|inkl\w*|davon|dont|в т\.? ?ч|в том числе|из них|у т\.? ?ч|of which"
    r"|di cui|termasuk|waarvan|heraf|varav|z toho|včetně|vcetne|incluye|incluido|inclui|dari jumlah"
)
TOTALS: Final = (
    r"total\w*|gesamt\w*|insgesamt|razem|всего|итого|усього|разом|celkem|toplam|összesen|ukupno"
    r"|jumlah|jumla|in all"
)
# The smaller coins, written by themselves behind the larger ones.
COINS: Final = (
    r"коп\w*|kop\w*|cents?|ct|centavos|centimes|paise|paisa|pais|groszy|gr|bani|haler\w*|halér\w*"
    r"|тийин|тиын|tiyin|kuruş|kurus|krş|öre|øre|ngwee|pesewas|sen"
)
# Letters without case: whole scripts that write a number right behind a word.
UNCASED: Final = (
    "\u0590-\u08ff\u0900-\u109f\u1200-\u139f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
)
