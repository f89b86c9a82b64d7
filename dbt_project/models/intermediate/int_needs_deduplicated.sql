{{ latest_reports(records()['needs']) }}
