{{ latest_reports('needs', records()['needs']) }}
