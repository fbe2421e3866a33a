"""Lists as files: CSV and XLSX of exactly what is listed, with cells that no spreadsheet runs."""
