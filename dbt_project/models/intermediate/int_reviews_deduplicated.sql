{{ latest_reports('reviews', records()['reviews']) }}
