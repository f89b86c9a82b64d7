"""What an office is told about what it sent: the receipt, and its own workbook with the wrong cells marked."""
