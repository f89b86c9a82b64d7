{{ latest_reports(records()['registrations']) }}
