"""The smallest .xlsx a spreadsheet program opens: one page, inline texts, numbers, booleans and dates."""

from datetime import date, datetime
from html import escape
from io import BytesIO
from zipfile import ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
DAY_ZERO = date(1899, 12, 30)

PARTS = {
    "[Content_Types].xml": f"""<Types xmlns="{CONTENT_TYPES}">
        <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
        <Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>
        <Override PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/>
        <Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/></Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{RELATIONS}">
        <Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">
        <sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{RELATIONS}">
        <Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
        <Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>""",
    "xl/styles.xml": f"""<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs>
        </styleSheet>""",  # 22: a date with its time
}


def workbook(*lines: tuple[object, ...]) -> bytes:
    rows = "".join(f'<row r="{number}">{_cells(number, line)}</row>' for number, line in enumerate(lines, start=1))
    page = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    data = BytesIO()
    with ZipFile(data, "w") as book:
        for name, part in {**PARTS, "xl/worksheets/sheet1.xml": page}.items():
            book.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{part}')
    return data.getvalue()


def _cells(number: int, line: tuple[object, ...]) -> str:
    return "".join(_cell(f"{'ABCDEFGH'[column]}{number}", value) for column, value in enumerate(line))


def _cell(where: str, value: object) -> str:
    match value:
        case bool():
            return f'<c r="{where}" t="b"><v>{value:d}</v></c>'
        case datetime():
            serial = (value.date() - DAY_ZERO).days + (value.hour * 60 + value.minute) / 1440
            return f'<c r="{where}" s="1"><v>{serial}</v></c>'
        case int() | float():
            return f'<c r="{where}"><v>{value}</v></c>'
        case _:
            return f'<c r="{where}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
