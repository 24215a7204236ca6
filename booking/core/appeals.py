"""Asking for a review of an administrative decision: until when, and how.

Hallintolaki 434/2003, 46 and 47 §; Kuntalaki 410/2015, 134 to 140 §.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from babel.dates import format_date

from booking.core.holidays import is_working_day

REACHED_AFTER = timedelta(days=3)
"""A decision sent electronically counts as received on the third day (law 13/2003, 19 §)."""
APPEAL_TIME = timedelta(days=14)
"""A review is asked for within 14 days; that day does not count (law 410/2015, 138 §)."""

INSTRUCTIONS: Mapping[str, str] = {
    "fi": """Päätökseen tyytymätön voi tehdä kirjallisen oikaisuvaatimuksen. Päätökseen ei saa \
hakea muutosta valittamalla tuomioistuimeen.

Oikaisuvaatimuksen saa tehdä se, johon päätös on kohdistettu tai jonka oikeuteen, \
velvollisuuteen tai etuun päätös välittömästi vaikuttaa (asianosainen), sekä kunnan jäsen.

Oikaisuvaatimus on tehtävä 14 päivän kuluessa päätöksen tiedoksisaannista. Sähköpostilla \
lähetetty päätös katsotaan saaduksi kolmantena päivänä sen lähettämisestä. Tiedoksisaantipäivää \
ei lasketa määräaikaan. Jos määräajan viimeinen päivä on pyhäpäivä, itsenäisyyspäivä, vapunpäivä, \
joulu- tai juhannusaatto tai arkilauantai, oikaisuvaatimuksen voi tehdä ensimmäisenä arkipäivänä \
sen jälkeen. Tämän päätöksen oikaisuvaatimusajan viimeinen päivä on {last_day}.

Oikaisuvaatimus tehdään sille toimielimelle, jonka alainen päätöksen tekijä on. Se toimitetaan \
osoitteeseen {address} viimeistään määräajan viimeisenä päivänä ennen \
aukioloajan päättymistä.

Oikaisuvaatimuksessa on ilmoitettava päätös, johon haetaan oikaisua, millaista oikaisua \
vaaditaan ja millä perusteella sekä tekijän nimi, kotikunta, postiosoite, puhelinnumero ja muut \
yhteystiedot asian hoitamista varten.""",
    "sv": """Den som är missnöjd med beslutet kan göra en skriftlig begäran om omprövning. \
Beslutet får inte överklagas genom besvär hos domstol.

En begäran om omprövning får göras av den som beslutet avser eller vars rätt, skyldighet eller \
fördel direkt påverkas av beslutet (part) och av kommunmedlemmar.

Begäran om omprövning ska göras inom 14 dagar från delfåendet av beslutet. Ett beslut som har \
skickats med e-post anses ha delgivits den tredje dagen efter att det skickades. Dagen för \
delfåendet räknas inte med i tidsfristen. Om den sista dagen är en helgdag, \
självständighetsdagen, första maj, jul- eller midsommaraftonen eller en helgfri lördag får begäran \
göras den första vardagen därefter. Den sista dagen för att begära omprövning av detta beslut är \
{last_day}.

Begäran om omprövning görs hos det organ som beslutsfattaren lyder under. Den lämnas in på \
adressen {address} senast den sista dagen av tidsfristen före \
öppethållningstidens slut.

I begäran ska anges det beslut som begärs omprövat, hurdan omprövning som begärs och på vilka \
grunder samt namn, hemkommun, postadress, telefonnummer och övriga kontaktuppgifter till den som \
begär omprövning.""",
    "en": """If you are not satisfied with the decision, you can ask for a review of it in \
writing. The decision can't be appealed directly to a court.

A review may be asked for by whoever the decision concerns or whose rights, duties or interests \
it directly affects (a party), and by any member of the municipality.

The request must be made within 14 days of notice of the decision. A decision sent by e-mail is \
considered received on the third day after it was sent. The day of notice is not counted. If the \
last day is a public holiday, Independence Day, May Day, Christmas Eve, Midsummer Eve or a \
Saturday, the request may be made on the next working day. The last day to ask for a review of \
this decision is {last_day}.

The request is made to the body of the city under which the decision-maker works. It is delivered \
to {address} by the end of opening hours on the last day.

The request must state the decision that it concerns, what change is asked for and why, and the \
name, home municipality, postal address, telephone number and other contact details of whoever \
asks.""",
}
"""The same in every city: what the law says. `address` is where the city takes papers."""


def last_day_of_appeal(notified_on: date) -> date:
    """The last local day on which a review of a decision sent on `notified_on` may be asked for.

    A time limit that would end on a Saturday, a Sunday, a public holiday, Midsummer Eve or
    Christmas Eve ends on the next working day (law 150/1930, 5 §).
    """
    day = notified_on + REACHED_AFTER + APPEAL_TIME
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def appeal_instructions(address: Mapping[str, str], last_day: date) -> dict[str, str]:
    """How to ask for a review until `last_day`, by language; `address` is by language too."""
    return {
        language: text.format(address=address[language], last_day=_written(last_day, language))
        for language, text in INSTRUCTIONS.items()
    }


def _written(day: date, language: str) -> str:
    """The date as the language writes it: "28.1.2027", "28 January 2027"."""
    if language == "en":
        return format_date(day, "d MMMM yyyy", locale="en_GB")
    return f"{day.day}.{day.month}.{day.year}"
