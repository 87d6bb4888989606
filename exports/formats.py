"""How the files that leave are called: known without the libraries that write them, which are large."""

from collections.abc import Mapping
from dataclasses import dataclass

from storage.states import ExportFormat


@dataclass(frozen=True, slots=True)
class Format:
    """How a file of one format ends, and what it says that it is."""

    ending: str
    type: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: Mapping[ExportFormat, Format] = {
    ExportFormat.XLSX: Format(".xlsx", f"{_OFFICE}.spreadsheetml.sheet"),
    ExportFormat.CSV: Format(".zip", "application/zip"),
    ExportFormat.DOCX: Format(".docx", f"{_OFFICE}.wordprocessingml.document"),
}
