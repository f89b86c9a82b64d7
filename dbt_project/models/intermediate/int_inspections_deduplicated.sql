{{ latest_reports(records()['inspections']) }}
