"""What people call things, and what a space for it is called: data, a row for each need.

Nothing of a city stands here: the right-hand words are looked for in its catalogue like those that
people type.
"""

from __future__ import annotations

from collections.abc import Mapping

STOP_WORDS: Mapping[str, str] = {
    "fi": (
        "ja tai että me minä meillä meille minulle joka jonka jossa joku jokin on olisi ei "
        "kun kuin haluan haluaisin haluamme tarvitsen tarvitsemme tarvitaan etsin etsimme "
        "varaan varata varaus vuokrata vuokraus vapaa vapaana varten tila tilaa tilan "
        "tilat tiloja paikka paikkaa paikan iso pieni henkilö henkilöä henkilölle hengelle ihmistä "
        "harjoitus harjoitukset harjoituksia"
    ),
    "sv": (
        "och eller att vi jag oss mig en ett i på för till med den det som är vill behöver söker "
        "boka bokning hyra ledig ledigt lokal lokaler lokalen plats personer person stor liten "
        "övning övningar"
    ),
    "en": (
        "a an the and or to for of in on at with we i us me our my need want looking book booking "
        "rent free space spaces place room people persons person big small practice practise"
    ),
}
"""Words that say nothing of a space where others stand beside them."""

NEEDS: tuple[tuple[str, str], ...] = (
    (
        "synttärit synttäri syntymäpäivä juhla juhlat bileet häät hääjuhla ristiäiset rippijuhla "
        "valmistujaiset pikkujoulut hautajaiset muistotilaisuus sukujuhla fest fester kalas "
        "födelsedag födelsedagsfest bröllop dop jubileum party birthday wedding celebration "
        "reception christening",
        "juhlasali kokoussali juhla- fest- sali nuorisotila ruokala",
    ),
    (
        "kokous kokoustaa kokoustila palaveri palaverit neuvottelu neuvotteluhuone hallituksen "
        "vuosikokous työpaja yhdistyksen möte möten mötesrum mötessal möteslokal styrelsemöte "
        "sammanträde årsmöte konferens arbetsgrupp meeting meetings workshop board conference",
        "kokoushuone kokoussali ryhmätila mötesrum",
    ),
    (
        "opiskelu lukupiiri opintopiiri kerho kielikerho ryhmätyö mökkäily läksyt studiecirkel "
        "grupparbete bokklubb kurs study group class club course",
        "ryhmätila kokoushuone lukusali luokka",
    ),
    (
        "bänditreenit bändi bändikämppä bändihuone rokki soittaa soitto musisointi treenikämppä "
        "band bandrum replokal repetition spela musik rehearsal music jam drums rummut kitara",
        "harjoitushuone bändihuone bändisoittimet musiikkiluokka",
    ),
    (
        "kuoro kuoroharjoitus kuoroharjoitukset laulu laulaa laulutunti pianotunti kör körövning "
        "körsång sång choir singing",
        "harjoitushuone sali musiikkiluokka piano flyygeli",
    ),
    (
        "treenit treeni treenata liikunta urheilu sporttia jumppa voimistelu jooga "
        "pilates tanssi tanssitunti kamppailulaji judo karate sirkus idrott träning träna gympa "
        "gymnastik yoga dans motion sport sports training gymnastics dance exercise",
        "liikuntasali liikuntahalli",
    ),
    (
        "sähly säbä salibandy koripallo koris lentopallo lentis sulkapallo sulkis futsal käsipallo "
        "pallopeli innebandy basket korgboll volleyboll badminton handboll floorball basketball "
        "volleyball",
        "liikuntahalli liikuntasali",
    ),
    (
        "jalkapallo futis pesäpallo pesis yleisurheilu fotboll friidrott boboll football soccer "
        "athletics",
        "urheilukenttä lähikenttä pelikenttä nurmi juoksurata",
    ),
    (
        "jääkiekko lätkä kiekko luistelu luistella taitoluistelu jäävuoro jää jäähalli ishockey "
        "skridsko skridskor skridskoåkning isbana ishall istid hockey skating ice",
        "jäähalli kaukalo jää luistelualue",
    ),
    (
        "uinti uida uimavuoro uimakoulu vesijumppa vesijuoksu simning simma simskola simhall "
        "vattengymnastik swimming swim aqua pool",
        "uimahalli uima-allas uimarata",
    ),
    ("saunoa saunavuoro saunailta löyly sauna bastu bada bastukväll", "sauna"),
    (
        "konsertti konsertit keikka festivaali festarit esitys teatteri näytelmä konsert festival "
        "spelning föreställning teater concert gig performance theatre show",
        "lava näyttämö areena sali",
    ),
    (
        "kirppis kirpputori markkinat tori torimyynti myyjäiset torikauppa loppis loppmarknad "
        "marknad torghandel torg market fleamarket fair stall",
        "tori aukio kauppatori",
    ),
    (
        "piknik eväsretki pihajuhla ulkotapahtuma puistotapahtuma picknick trädgårdsfest "
        "utomhusfest picnic outdoor",
        "puisto puistoalue nurmikko nurmialue",
    ),
    (
        "näyttely taidenäyttely valokuvanäyttely taide utställning konstutställning konst "
        "exhibition art gallery",
        "näyttelytila",
    ),
    (
        "ruoanlaitto kokkaus kokata kokkikurssi leipominen leipoa ruokakurssi matlagning laga baka "
        "bakning matkurs cooking cook baking bake",
        "keittiö kotitalousluokka",
    ),
    (
        "ompelu ompelukerho käsityö käsityöt askartelu puutyö nikkarointi slöjd sömnad sy hantverk "
        "sewing crafts woodwork",
        "käsityöluokka ompelukoneet",
    ),
    (
        "luento esitelmä seminaari koulutus tiedotustilaisuus infotilaisuus elokuva elokuvailta "
        "föreläsning föredrag seminarium utbildning informationsmöte film lecture talk seminar "
        "movie presentation",
        "kokoussali videotykki",
    ),
    (
        "nuoret nuorten teinit lanit diskot disko ungdomar unga ungdom disco youth teenagers",
        "nuorisotila",
    ),
    (
        "makkaranpaisto nuotio retki laavu grillaus grilla utflykt lägereld campfire bbq hike",
        "laavu tulipaikka",
    ),
    ("laiva vene veneilijät båt boat", "laituri satama"),
    ("kuntosali ulkokuntosali utegym outdoor-gym", "ulkokuntosali liikuntapaikka"),
)
"""Words in any language for what one has in mind, and words of a space that suits it."""
