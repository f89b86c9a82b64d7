{{ latest_reports(records()['totals']) }}
