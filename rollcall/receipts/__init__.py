"""What an office is told about what it sent: the receipt, and its workbook with the wrong cells marked."""
