"""Reading a city's files, strictly and with all that is wrong, and writing its catalogue."""

from pathlib import Path
from typing import TypeVar

from booking.catalogue.format.associations import ASSOCIATIONS, AssociationsFile
from booking.catalogue.format.catalogue import CATALOGUE, CatalogueFile
from booking.catalogue.format.kinds import Kind
from booking.catalogue.format.layout import written
from booking.catalogue.format.problems import BadCatalogue, Refused
from booking.catalogue.format.reading import read_document
from booking.catalogue.format.references import names_of
from booking.catalogue.format.spots import Report, whole_document

T = TypeVar("T")

_HEADER = """\
Catalogue of the spaces that the city lets people book, and of the things it lends.
docs/catalogue-format.md describes every key."""


def load_catalogue(path: Path | str) -> CatalogueFile:
    """The catalogue in a file, uninherited. Raises `BadCatalogue` with every problem in it."""
    return parse_catalogue(Path(path).read_bytes(), Path(path).name)


def parse_catalogue(data: bytes, file: str) -> CatalogueFile:
    """The catalogue in the bytes of a file of that name; raises as `load_catalogue` does."""
    return _parsed(CATALOGUE, data, file)


def load_associations(path: Path | str) -> AssociationsFile:
    """The associations of a demo city. Raises `BadCatalogue` with every problem in the file."""
    return parse_associations(Path(path).read_bytes(), Path(path).name)


def parse_associations(data: bytes, file: str) -> AssociationsFile:
    """The associations in the bytes of a file of that name."""
    return _parsed(ASSOCIATIONS, data, file)


def write_catalogue(catalogue: CatalogueFile) -> str:
    """The catalogue as the text of a file, the same for the same catalogue.

    Reading it gives an equal catalogue; comments and the order of keys are not kept.
    """
    tree = CATALOGUE.write(catalogue)
    assert isinstance(tree, dict)
    return written(_HEADER, tree)


def _parsed(kind: Kind[T], data: bytes, file: str) -> T:
    document, faults = read_document(data, file)
    report = Report(file, names_of(document))
    for fault in faults:
        report.add(fault)
    try:
        value = kind.read(whole_document(document, report))
    except Refused:
        raise BadCatalogue(report.problems) from None
    if report.problems:
        raise BadCatalogue(report.problems)
    return value
