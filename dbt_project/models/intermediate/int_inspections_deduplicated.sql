{{ latest_reports('inspections', records()['inspections']) }}
