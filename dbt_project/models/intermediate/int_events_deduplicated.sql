{{ latest_reports(records()['events']) }}
