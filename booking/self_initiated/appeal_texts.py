"""How to ask for a review of a decision (Hallintolaki 46–47 §, Kuntalaki 134–140 §), by language.

The city and its address come from the catalogue; the rest is law and the same in every city.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from booking.catalogue.places import Catalogue
from booking.database import Texts

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
TEXTS: Texts = {
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


def appeal_instructions(city: Catalogue, last_day: date) -> Texts:
    """The instructions for a decision of this city, with the last day in them."""
    return {language: _filled(text, city, last_day, language) for language, text in TEXTS.items()}


def _filled(text: str, city: Catalogue, last_day: date, language: str) -> str:
    day = f"{last_day.day}.{last_day.month}.{last_day.year}"
    if language == "en":
        day = f"{last_day.day} {_MONTHS[last_day.month - 1]} {last_day.year}"
    return text.format(address=_address(city, language), last_day=day)


def _address(city: Catalogue, language: str) -> str:
    """Where the city takes papers, in one line, as far as it is known."""
    contact = city.contact
    town = f"{contact.get('postcode', '')} {_in(city.name, language)}".strip()
    parts = [
        _in(contact.get("name") or city.name, language),
        contact.get("street_address"),
        contact.get("po_box"),
        town,
        contact.get("email"),
    ]
    return ", ".join(str(part) for part in parts if part)


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")
