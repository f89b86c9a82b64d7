{{ latest_reports('funding', records()['funding']) }}
