"""The workbook an office fills in, made of the layouts, the code lists, the suites and the accepted registers."""
