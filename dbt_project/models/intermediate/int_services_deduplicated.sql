{{ latest_reports('services', records()['services']) }}
