{{ latest_reports(records()['funding']) }}
