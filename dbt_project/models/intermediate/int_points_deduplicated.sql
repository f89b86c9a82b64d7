{{ latest_reports('points', records()['points']) }}
