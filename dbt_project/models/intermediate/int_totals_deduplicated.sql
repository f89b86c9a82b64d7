{{ latest_reports('totals', records()['totals']) }}
