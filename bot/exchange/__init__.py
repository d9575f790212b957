"""Files in and out: CSV and XLSX tables, QR pictures; every bad cell is told with line and column."""
