{{ latest_reports(records()['services']) }}
