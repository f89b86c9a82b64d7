{{ latest_reports('registrations', records()['registrations']) }}
