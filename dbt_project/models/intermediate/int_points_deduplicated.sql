{{ latest_reports(records()['points']) }}
